// Container jobs started by queue length, one message each, the always-on ranker and its trainer, and the collector that all programs send their traces and metrics to;
// in one environment inside the network.
param location string
param tags object
param suffix string
param subnetId string
param logAnalyticsName string
param registryServer string
param transcoderImage string
param rankerImage string
param rankerProfile string
param rankerMaxReplicas int
param transcoderIdentityId string
param transcoderClientId string
param rankerIdentityId string
param rankerClientId string
param trainerIdentityId string
param trainerClientId string
param collectorImage string
param collectorIdentityId string
param collectorClientId string
param applicationInsightsConnectionString string
@description('The share of traces that is kept, 0 to 1.')
param sampleRatio string
param storageAccountName string
param blobEndpoint string
param queueEndpoint string
param cosmosEndpoint string
param eventHubsHost string

// parallel: executions at once. timeout in seconds; past it the message becomes visible again and is tried by another execution.
var jobs = [
  { name: 'probe', queue: 'probe', cpu: '1', memory: '2Gi', parallel: 20, timeout: 600 }
  { name: 'transcode', queue: 'transcode-jobs', cpu: '4', memory: '8Gi', parallel: 50, timeout: 3600 }
]

// A replica of the ranker by profile: the largest that there is without a GPU, and with one all that comes with it.
var sizes = {
  Consumption: { cpu: '4', memory: '8Gi' }
  'Consumption-GPU-NC8as-T4': { cpu: '8', memory: '56Gi' }
  'Consumption-GPU-NC24-A100': { cpu: '24', memory: '220Gi' }
}
var rankerProfileName = rankerProfile == 'Consumption' ? 'Consumption' : 'gpu'

// What both roles of the ranker read: each keeps the same state, by following the videos and the log from where the newest snapshot was taken.
var rankerSettings = [
  { name: 'Storage__blobServiceUri', value: blobEndpoint }
  { name: 'Cosmos__accountEndpoint', value: cosmosEndpoint }
  { name: 'EventHubs__fullyQualifiedNamespace', value: eventHubsHost }
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: telemetryUrl }
  { name: 'Telemetry__SampleRatio', value: sampleRatio }
]

// Without a collector nothing is collected.
var telemetryUrl = empty(collectorImage) ? '' : 'https://ca-otel-${suffix}.${managedEnvironment.properties.defaultDomain}'

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: logAnalyticsName
}

resource managedEnvironment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-${suffix}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: { infrastructureSubnetId: subnetId, internal: true }
    workloadProfiles: concat(
      [{ name: 'Consumption', workloadProfileType: 'Consumption' }],
      rankerProfile == 'Consumption' ? [] : [{ name: rankerProfileName, workloadProfileType: rankerProfile }]
    )
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: managedEnvironment
  name: 'logs'
  properties: {
    workspaceId: logs.id
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource transcoder 'Microsoft.App/jobs@2025-01-01' = [for job in jobs: if (!empty(transcoderImage)) {
  name: 'job-${job.name}-${suffix}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${transcoderIdentityId}': {} }
  }
  properties: {
    environmentId: managedEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Event'
      replicaTimeout: job.timeout
      // The queue itself redelivers, and counts.
      replicaRetryLimit: 0
      registries: [{ server: registryServer, identity: transcoderIdentityId }]
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: job.parallel
          pollingInterval: 5
          rules: [
            {
              name: 'queue'
              type: 'azure-queue'
              metadata: { accountName: storageAccountName, queueName: job.queue, queueLength: '1' }
              identity: transcoderIdentityId
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'transcoder'
          image: transcoderImage
          args: ['--queue', job.queue]
          resources: { cpu: json(job.cpu), memory: job.memory }
          env: [
            { name: 'AZURE_CLIENT_ID', value: transcoderClientId }
            { name: 'Storage__blobServiceUri', value: blobEndpoint }
            { name: 'Storage__queueServiceUri', value: queueEndpoint }
            { name: 'Cosmos__accountEndpoint', value: cosmosEndpoint }
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: telemetryUrl }
            { name: 'Telemetry__SampleRatio', value: sampleRatio }
          ]
        }
      ]
    }
  }
}]

resource ranker 'Microsoft.App/containerApps@2025-01-01' = if (!empty(rankerImage)) {
  name: 'ca-ranker-${suffix}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${rankerIdentityId}': {} }
  }
  properties: {
    environmentId: managedEnvironment.id
    workloadProfileName: rankerProfileName
    configuration: {
      activeRevisionsMode: 'Single'
      // External to the environment, which is itself internal to the network.
      ingress: { external: true, targetPort: 8080, transport: 'http2' }
      registries: [{ server: registryServer, identity: rankerIdentityId }]
    }
    template: {
      containers: [
        {
          name: 'ranker'
          image: rankerImage
          resources: { cpu: json(sizes[rankerProfile].cpu), memory: sizes[rankerProfile].memory }
          env: concat(rankerSettings, [
            { name: 'AZURE_CLIENT_ID', value: rankerClientId }
            // HTTP/2 for the ingress, and HTTP/1.1 for probes.
            { name: 'ASPNETCORE_HTTP_PORTS', value: '8080;8081' }
            { name: 'Probes__Port', value: '8081' }
          ])
          // A replica gets requests once it has restored its state and is warm; while it warms it is alive.
          probes: [
            { type: 'Liveness', httpGet: { path: '/health', port: 8081 }, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 }
            { type: 'Readiness', httpGet: { path: '/ready', port: 8081 }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }
          ]
        }
      ]
      // 50 ms leave no time to start: one is always there.
      scale: { minReplicas: 1, maxReplicas: rankerMaxReplicas, rules: [{ name: 'http', http: { metadata: { concurrentRequests: '100' } } }] }
    }
  }
}

// The same image in its other role. One and no more: two would learn from, and publish, the same.
resource trainer 'Microsoft.App/containerApps@2025-01-01' = if (!empty(rankerImage)) {
  name: 'ca-trainer-${suffix}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${trainerIdentityId}': {} }
  }
  properties: {
    environmentId: managedEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryServer, identity: trainerIdentityId }]
    }
    template: {
      containers: [
        {
          name: 'trainer'
          image: rankerImage
          args: ['train']
          resources: { cpu: json(sizes.Consumption.cpu), memory: sizes.Consumption.memory }
          env: concat(rankerSettings, [
            { name: 'AZURE_CLIENT_ID', value: trainerClientId }
            { name: 'ASPNETCORE_HTTP_PORTS', value: '8081' }
            { name: 'Probes__Port', value: '8081' }
          ])
          probes: [
            { type: 'Liveness', httpGet: { path: '/health', port: 8081 }, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 }
          ]
        }
      ]
      scale: { minReplicas: 1, maxReplicas: 1 }
    }
  }
}

resource collector 'Microsoft.App/containerApps@2025-01-01' = if (!empty(collectorImage)) {
  name: 'ca-otel-${suffix}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${collectorIdentityId}': {} }
  }
  properties: {
    environmentId: managedEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      // As the ranker: external to the environment, internal to the network.
      ingress: { external: true, targetPort: 4318, transport: 'http' }
      registries: [{ server: registryServer, identity: collectorIdentityId }]
    }
    template: {
      containers: [
        {
          name: 'collector'
          image: collectorImage
          args: ['--config=env:COLLECTOR_CONFIG']
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: [
            { name: 'AZURE_CLIENT_ID', value: collectorClientId }
            { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsightsConnectionString }
            { name: 'COLLECTOR_CONFIG', value: loadTextContent('../collector.yaml') }
          ]
        }
      ]
      scale: { minReplicas: 1, maxReplicas: 5, rules: [{ name: 'http', http: { metadata: { concurrentRequests: '50' } } }] }
    }
  }
}

output rankerUrl string = 'https://ca-ranker-${suffix}.${managedEnvironment.properties.defaultDomain}'
output defaultDomain string = managedEnvironment.properties.defaultDomain
output staticIp string = managedEnvironment.properties.staticIp
output telemetryUrl string = telemetryUrl

// Container jobs started by queue length, one message each, the always-on ranker, and the collector that all programs send their traces and metrics to;
// in one environment inside the network.
param location string
param tags object
param suffix string
param subnetId string
param logAnalyticsName string
param registryServer string
param transcoderImage string
param rankerImage string
param transcoderIdentityId string
param transcoderClientId string
param rankerIdentityId string
param rankerClientId string
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

// parallel: executions at once. timeout in seconds; past it the message becomes visible again and is tried by another execution.
var jobs = [
  { name: 'probe', queue: 'probe', cpu: '1', memory: '2Gi', parallel: 20, timeout: 600 }
  { name: 'transcode', queue: 'transcode-jobs', cpu: '4', memory: '8Gi', parallel: 50, timeout: 3600 }
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
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
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
    workloadProfileName: 'Consumption'
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
          resources: { cpu: json('1'), memory: '2Gi' }
          env: [
            { name: 'AZURE_CLIENT_ID', value: rankerClientId }
            // HTTP/2 for the ingress, and HTTP/1.1 for probes.
            { name: 'ASPNETCORE_HTTP_PORTS', value: '8080;8081' }
            { name: 'Probes__Port', value: '8081' }
            { name: 'Cosmos__accountEndpoint', value: cosmosEndpoint }
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: telemetryUrl }
            { name: 'Telemetry__SampleRatio', value: sampleRatio }
          ]
        }
      ]
      // 50 ms leave no time to start: one is always there.
      scale: { minReplicas: 1, maxReplicas: 10, rules: [{ name: 'http', http: { metadata: { concurrentRequests: '100' } } }] }
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

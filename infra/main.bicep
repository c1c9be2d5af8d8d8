// The service in one resource group. Nothing here holds a key: every part reaches the others by its own identity.
targetScope = 'resourceGroup'

@description('Names every resource, together with a hash of the resource group: dev, test, prod.')
@minLength(2)
@maxLength(8)
param environmentName string

param location string = resourceGroup().location

@description('Images of the container jobs and the ranker, in the registry that this template makes. Empty on the first deployment: an image can only be pushed once the registry exists.')
param transcoderImage string = ''
param rankerImage string = ''

@description('What the ranker runs on: processors alone, or beside a GPU of a kind that the region has.')
@allowed(['Consumption', 'Consumption-GPU-NC8as-T4', 'Consumption-GPU-NC24-A100'])
param rankerProfile string = 'Consumption'

@description('How many of the ranker there may be, besides the trainer. Each follows the whole log, and Event Hubs lets five read a partition in one consumer group: four, and one of the next revision.')
@minValue(1)
@maxValue(4)
param rankerMaxReplicas int = 4

@description('Image of the OpenTelemetry Collector (contrib), 0.140 or later, in the same registry. Without it no traces and metrics are collected.')
param collectorImage string = ''

@description('The share of traces that is kept, 0 to 1. Metrics count everything.')
param telemetrySampleRatio string = '0.1'

@description('Who gets the alerts; empty: they are only shown.')
param alertEmail string = ''

@description('Whether the function app\'s code is deployed. Event Grid asks the blob trigger\'s endpoint to confirm a subscription, so that one is made in a second deployment.')
param functionsDeployed bool = false

@description('Request units per second that the Cosmos database may scale to, in steps of 1000; 0 for serverless.')
@minValue(0)
param cosmosMaxThroughput int = 0

@description('ES256 private key that signs access tokens: PKCS #8 in base64.')
@secure()
param jwtSigningKey string

@description('Public keys whose access tokens are taken besides the signing key\'s own: SubjectPublicKeyInfo in base64, separated by commas. Only while the key is being replaced.')
param jwtVerifyingKeys string = ''

@description('The id of the account that becomes an admin at its next login; empty once there is one.')
param firstAdmin string = ''

@description('A filter of breached passwords beside the app\'s own list: a path below the deployed code. Empty: none.')
param breachedFilter string = ''

@description('At least 32 random bytes in base64, from which cursors, upload and playlist signatures are derived.')
@secure()
param platformSecret string

var token = uniqueString(resourceGroup().id, environmentName)
var short = take(token, 10)
var tags = { environment: environmentName, service: 'tiktok' }

module identities 'modules/identities.bicep' = {
  name: 'identities'
  params: { location: location, tags: tags, suffix: '${environmentName}-${short}' }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { location: location, tags: tags, suffix: '${environmentName}-${short}', alertEmail: alertEmail }
}

module network 'modules/network.bicep' = {
  name: 'network'
  params: { location: location, tags: tags, suffix: '${environmentName}-${short}' }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: { location: location, tags: tags, accountName: 'st${environmentName}${short}', hostAccountName: 'sthost${environmentName}${short}' }
}

module cosmos 'modules/cosmos.bicep' = {
  name: 'cosmos'
  params: { location: location, tags: tags, accountName: 'cosmos-${environmentName}-${short}', maxThroughput: cosmosMaxThroughput }
}

module eventHubs 'modules/eventhubs.bicep' = {
  name: 'eventhubs'
  params: { location: location, tags: tags, namespaceName: 'evh-${environmentName}-${short}' }
}

module keyVault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  params: {
    location: location
    tags: tags
    vaultName: 'kv-${environmentName}-${short}'
    jwtSigningKey: jwtSigningKey
    platformSecret: platformSecret
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  params: { location: location, tags: tags, registryName: 'cr${environmentName}${short}' }
}

// Before whoever needs them: a program that starts without its rights fails at its first call.
module rbac 'modules/rbac.bicep' = {
  name: 'rbac'
  params: {
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    transcoderPrincipalId: identities.outputs.transcoderPrincipalId
    rankerPrincipalId: identities.outputs.rankerPrincipalId
    trainerPrincipalId: identities.outputs.trainerPrincipalId
    collectorPrincipalId: identities.outputs.collectorPrincipalId
    storageAccountName: storage.outputs.accountName
    hostStorageAccountName: storage.outputs.hostAccountName
    cosmosAccountName: cosmos.outputs.accountName
    eventHubsNamespaceName: eventHubs.outputs.namespaceName
    keyVaultName: keyVault.outputs.vaultName
    registryName: registry.outputs.registryName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

module containers 'modules/containers.bicep' = {
  name: 'containers'
  params: {
    location: location
    tags: tags
    suffix: '${environmentName}-${short}'
    subnetId: network.outputs.containersSubnetId
    logAnalyticsName: monitoring.outputs.logAnalyticsName
    registryServer: registry.outputs.loginServer
    transcoderImage: transcoderImage
    rankerImage: rankerImage
    rankerProfile: rankerProfile
    rankerMaxReplicas: rankerMaxReplicas
    transcoderIdentityId: identities.outputs.transcoderId
    transcoderClientId: identities.outputs.transcoderClientId
    rankerIdentityId: identities.outputs.rankerId
    rankerClientId: identities.outputs.rankerClientId
    trainerIdentityId: identities.outputs.trainerId
    trainerClientId: identities.outputs.trainerClientId
    collectorImage: collectorImage
    collectorIdentityId: identities.outputs.collectorId
    collectorClientId: identities.outputs.collectorClientId
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    sampleRatio: telemetrySampleRatio
    storageAccountName: storage.outputs.accountName
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    cosmosEndpoint: cosmos.outputs.endpoint
    eventHubsHost: eventHubs.outputs.host
  }
  dependsOn: [rbac]
}

module privateDns 'modules/private-dns.bicep' = {
  name: 'private-dns'
  params: {
    tags: tags
    domain: containers.outputs.defaultDomain
    address: containers.outputs.staticIp
    virtualNetworkId: network.outputs.virtualNetworkId
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  params: {
    location: location
    tags: tags
    suffix: '${environmentName}-${short}'
    subnetId: network.outputs.functionsSubnetId
    identityId: identities.outputs.functionsId
    identityClientId: identities.outputs.functionsClientId
    hostStorageAccountName: storage.outputs.hostAccountName
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    cosmosEndpoint: cosmos.outputs.endpoint
    eventHubsHost: eventHubs.outputs.host
    keyVaultUri: keyVault.outputs.vaultUri
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    rankerUrl: containers.outputs.rankerUrl
    telemetryUrl: containers.outputs.telemetryUrl
    sampleRatio: telemetrySampleRatio
    jwtVerifyingKeys: jwtVerifyingKeys
    firstAdmin: firstAdmin
    breachedFilter: breachedFilter
  }
  dependsOn: [rbac]
}

module events 'modules/events.bicep' = {
  name: 'events'
  params: {
    location: location
    tags: tags
    suffix: '${environmentName}-${short}'
    storageAccountName: storage.outputs.accountName
    functionAppName: functions.outputs.name
    subscribe: functionsDeployed
  }
}

output apiUrl string = functions.outputs.apiUrl
output functionAppName string = functions.outputs.name
output registryServer string = registry.outputs.loginServer
output mediaUrl string = '${storage.outputs.blobEndpoint}media'

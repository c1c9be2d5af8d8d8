// Every right that a program of ours has, on one page.
param functionsPrincipalId string
param transcoderPrincipalId string
param rankerPrincipalId string
param trainerPrincipalId string
param collectorPrincipalId string
param storageAccountName string
param hostStorageAccountName string
param cosmosAccountName string
param eventHubsNamespaceName string
param keyVaultName string
param registryName string
param applicationInsightsName string

// Built-in roles, by the ids that Azure documents.
var roles = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  eventHubsSender: '2b629674-e913-4c01-ae53-ef4638d8f975'
  eventHubsReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}
var cosmosReader = '00000000-0000-0000-0000-000000000001'
var cosmosContributor = '00000000-0000-0000-0000-000000000002'

// Owner of blobs: the host's leases and receipts need it, and so does signing upload URLs with a user delegation key.
var storageRights = [
  { principal: functionsPrincipalId, role: roles.blobDataOwner }
  { principal: functionsPrincipalId, role: roles.queueDataContributor }
  { principal: transcoderPrincipalId, role: roles.blobDataContributor }
  { principal: transcoderPrincipalId, role: roles.queueDataContributor }
]

// What the trainer publishes the servers read; of uploads and media neither sees anything.
var modelRights = [
  { principal: trainerPrincipalId, role: roles.blobDataContributor }
  { principal: rankerPrincipalId, role: roles.blobDataReader }
]
var hostStorageRights = [
  { principal: functionsPrincipalId, role: roles.blobDataOwner }
  { principal: functionsPrincipalId, role: roles.queueDataContributor }
]
var eventHubsRights = [
  { principal: functionsPrincipalId, role: roles.eventHubsSender }
  { principal: functionsPrincipalId, role: roles.eventHubsReceiver }
  { principal: rankerPrincipalId, role: roles.eventHubsReceiver }
  { principal: trainerPrincipalId, role: roles.eventHubsReceiver }
]
var cosmosRights = [
  { principal: functionsPrincipalId, role: cosmosContributor }
  { principal: transcoderPrincipalId, role: cosmosContributor }
  { principal: rankerPrincipalId, role: cosmosReader }
  { principal: trainerPrincipalId, role: cosmosReader }
]
var pullers = [transcoderPrincipalId, rankerPrincipalId, trainerPrincipalId, collectorPrincipalId]

// The host reports its own requests and logs, the collector everything that our programs measure.
var publishers = [functionsPrincipalId, collectorPrincipalId]

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource storageAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for right in storageRights: {
  scope: storage
  name: guid(storage.id, right.principal, right.role)
  properties: {
    principalId: right.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', right.role)
  }
}]

resource models 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageAccountName}/default/models'
}

resource modelAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for right in modelRights: {
  scope: models
  name: guid(models.id, right.principal, right.role)
  properties: {
    principalId: right.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', right.role)
  }
}]

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageAccountName
}

resource hostStorageAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for right in hostStorageRights: {
  scope: hostStorage
  name: guid(hostStorage.id, right.principal, right.role)
  properties: {
    principalId: right.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', right.role)
  }
}]

resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: eventHubsNamespaceName
}

resource eventHubsAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for right in eventHubsRights: {
  scope: eventHubs
  name: guid(eventHubs.id, right.principal, right.role)
  properties: {
    principalId: right.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', right.role)
  }
}]

// Cosmos DB keeps its data-plane rights itself.
resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' existing = {
  name: cosmosAccountName
}

resource cosmosAssignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15' = [for right in cosmosRights: {
  parent: cosmos
  name: guid(cosmos.id, right.principal, right.role)
  properties: {
    principalId: right.principal
    roleDefinitionId: '${cosmos.id}/sqlRoleDefinitions/${right.role}'
    scope: cosmos.id
  }
}]

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: keyVaultName
}

resource vaultAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, functionsPrincipalId, roles.keyVaultSecretsUser)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource insightsAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for principal in publishers: {
  scope: insights
  name: guid(insights.id, principal, roles.metricsPublisher)
  properties: {
    principalId: principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
  }
}]

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource registryAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for principal in pullers: {
  scope: registry
  name: guid(registry.id, principal, roles.acrPull)
  properties: {
    principalId: principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}]

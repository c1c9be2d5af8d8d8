// The list below is that of TikTok.Core's Hubs; a test holds the two against each other.
param location string
param tags object
param namespaceName string

var hubs = [
  { name: 'interactions', partitions: 32, retentionHours: 168 }
]

var consumerGroups = [
  { hub: 'interactions', name: 'counters' }
  { hub: 'interactions', name: 'history' }
  { hub: 'interactions', name: 'trending' }
  { hub: 'interactions', name: 'creator-stats' }
  { hub: 'interactions', name: 'feed' }
  { hub: 'interactions', name: 'ranker-trainer' }
  { hub: 'interactions', name: 'ranker-server' }
]

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: namespaceName
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    disableLocalAuth: true
    isAutoInflateEnabled: true
    maximumThroughputUnits: 10
    minimumTlsVersion: '1.2'
  }
}

resource eventHubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [for hub in hubs: {
  parent: namespace
  name: hub.name
  properties: {
    partitionCount: hub.partitions
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: hub.retentionHours }
  }
}]

resource readers 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [for group in consumerGroups: {
  name: '${namespaceName}/${group.hub}/${group.name}'
  dependsOn: [eventHubs]
}]

output namespaceName string = namespace.name
output host string = '${namespace.name}.servicebus.windows.net'

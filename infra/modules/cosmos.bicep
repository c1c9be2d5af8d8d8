// The list below is that of TikTok.Core's CosmosSchema; a test holds the two against each other.
param location string
param tags object
param accountName string

@description('Request units per second, shared by the containers; 0 for serverless.')
param maxThroughput int

var databaseName = 'tiktok'

// ttl in seconds; -1: per document; none: documents stay.
var containers = [
  { name: 'accounts', partitionKey: '/userId', ttl: -1 }
  { name: 'usernames', partitionKey: '/username', ttl: -1 }
  { name: 'videos', partitionKey: '/videoId', ttl: -1 }
  { name: 'userVideos', partitionKey: '/userId' }
  { name: 'edges', partitionKey: '/userId', ttl: -1 }
  { name: 'edgesIn', partitionKey: '/targetId', ttl: -1 }
  { name: 'comments', partitionKey: '/videoId', ttl: -1 }
  { name: 'watches', partitionKey: '/userId', ttl: 7776000 }
  { name: 'trends', partitionKey: '/bucket', ttl: -1 }
  { name: 'creatorStats', partitionKey: '/userId' }
  { name: 'limits', partitionKey: '/key', ttl: -1 }
  { name: 'privacyRequests', partitionKey: '/userId', ttl: -1 }
  { name: 'feedSessions', partitionKey: '/userId', ttl: 21600 }
  { name: 'idempotency', partitionKey: '/key', ttl: 86400 }
  { name: 'sweeps', partitionKey: '/name' }
  { name: 'leases', partitionKey: '/id' }
]

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' = {
  name: accountName
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [{ locationName: location, failoverPriority: 0 }]
    consistencyPolicy: { defaultConsistencyLevel: 'Session' }
    capabilities: maxThroughput == 0 ? [{ name: 'EnableServerless' }] : []
    disableLocalAuth: true
    minimalTlsVersion: 'Tls12'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }

  resource database 'sqlDatabases' = {
    name: databaseName
    properties: {
      resource: { id: databaseName }
      options: maxThroughput == 0 ? {} : { autoscaleSettings: { maxThroughput: maxThroughput } }
    }

    resource collections 'containers' = [for container in containers: {
      name: container.name
      properties: {
        resource: union(
          {
            id: container.name
            partitionKey: { paths: [container.partitionKey], kind: 'Hash', version: 2 }
          },
          contains(container, 'ttl') ? { defaultTtl: container.ttl } : {})
      }
    }]
  }
}

output accountName string = account.name
output endpoint string = account.properties.documentEndpoint

// Two accounts: the product's blobs and queues, and what the Functions host keeps for itself.
// The lists below are those of TikTok.Core's StorageSchema; a test holds the two against each other.
param location string
param tags object
param accountName string
param hostAccountName string

var blobContainers = [
  { name: 'uploads', public: false }
  { name: 'media', public: true }
  { name: 'media-private', public: false }
  { name: 'exports', public: false }
  { name: 'models', public: false }
]

var queues = [
  'probe'
  'transcode-jobs'
  'video-steps'
  'video-deletions'
  'media-moves'
  'privacy-requests'
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    // Only for the container of public renditions, the CDN's origin: read blob by blob, never listed.
    allowBlobPublicAccess: true
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // Apps and browsers put blocks and read renditions straight from the account.
      cors: {
        corsRules: [
          {
            allowedOrigins: ['*']
            allowedMethods: ['GET', 'HEAD', 'PUT', 'OPTIONS']
            allowedHeaders: ['*']
            exposedHeaders: ['*']
            maxAgeInSeconds: 3600
          }
        ]
      }
    }

    resource containers 'containers' = [for container in blobContainers: {
      name: container.name
      properties: { publicAccess: container.public ? 'Blob' : 'None' }
    }]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource work 'queues' = [for queue in queues: {
      name: queue
    }]

    // Made ahead: an alert on a poison queue needs one to watch.
    resource poison 'queues' = [for queue in queues: {
      name: '${queue}-poison'
    }]
  }

  // A raw upload is read again only to be encoded anew.
  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'cool-uploads'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['uploads/'] }
              actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 30 } } }
            }
          }
          {
            // As long as the documents of the requests live.
            name: 'expire-exports'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['exports/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 7 } } }
            }
          }
          {
            // Everything here is written anew within the hour. What has not been for a week a trainer left behind, and it may tell of people who are gone.
            name: 'expire-models'
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['models/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 7 } } }
            }
          }
        ]
      }
    }
  }
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource hostBlobs 'blobServices' = {
    name: 'default'

    resource deployments 'containers' = {
      name: 'deployments'
    }
  }
}

output accountName string = account.name
output hostAccountName string = host.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output deploymentContainerUrl string = '${host.properties.primaryEndpoints.blob}deployments'

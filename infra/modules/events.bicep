// A committed upload calls the blob trigger: Flex Consumption runs blob triggers from Event Grid, not by polling the container.
param location string
param tags object
param suffix string
param storageAccountName string
param functionAppName string

@description('Only once the function app\'s code is there to confirm it.')
param subscribe bool

var triggerFunction = 'UploadLanded'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${suffix}'
  location: location
  tags: tags
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource landed 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (subscribe) {
  parent: topic
  name: 'upload-landed'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: subscribe ? 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${triggerFunction}&code=${listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension}' : ''
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/uploads/'
    }
    eventDeliverySchema: 'EventGridSchema'
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}

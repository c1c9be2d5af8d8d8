// The function app on Flex Consumption. Connections are by identity: a setting NAME__… says where, never with what key.
param location string
param tags object
param suffix string
param subnetId string
param identityId string
param identityClientId string
param hostStorageAccountName string
param deploymentContainerUrl string
param blobEndpoint string
param queueEndpoint string
param cosmosEndpoint string
param eventHubsHost string
param keyVaultUri string
param applicationInsightsConnectionString string
param rankerUrl string
param telemetryUrl string
param sampleRatio string
param jwtVerifyingKeys string
param firstAdmin string
param breachedFilter string

var appName = 'func-${suffix}'
var apiUrl = 'https://${appName}.azurewebsites.net/api/v1'

// Every setting that the code reads, and those that its host reads; a test holds this list against the code.
var settings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__accountName: hostStorageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  Storage__blobServiceUri: blobEndpoint
  Storage__queueServiceUri: queueEndpoint
  Storage__credential: 'managedidentity'
  Storage__clientId: identityClientId
  Cosmos__accountEndpoint: cosmosEndpoint
  Cosmos__credential: 'managedidentity'
  Cosmos__clientId: identityClientId
  EventHubs__fullyQualifiedNamespace: eventHubsHost
  EventHubs__credential: 'managedidentity'
  EventHubs__clientId: identityClientId
  ApiBaseUrl: apiUrl
  MediaBaseUrl: '${blobEndpoint}media'
  Ranker__Url: rankerUrl
  OTEL_EXPORTER_OTLP_ENDPOINT: telemetryUrl
  Telemetry__SampleRatio: sampleRatio
  Limits__MinDurationMs: '15000'
  Limits__MaxDurationMs: '600000'
  Privacy__VerifyAfterSeconds: '360'
  RateLimits__Requests: '1000'
  RateLimits__AnonymousRequests: '1000'
  RateLimits__Registrations: '30'
  RateLimits__SignIns: '60'
  RateLimits__Uploads: '3/10/50'
  RateLimits__Follows: '200/500/500'
  RateLimits__Likes: '500/2000/2000'
  RateLimits__Comments: '300/1000/1000'
  RateLimits__Shares: '300/1000/1000'
  RateLimits__WatchEvents: '120'
  Jwt__SigningKey: '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/jwt-signing-key)'
  Platform__TrustedProxies: '1'
  Jwt__VerifyingKeys: jwtVerifyingKeys
  Accounts__FirstAdmin: firstAdmin
  Passwords__BreachedFilter: breachedFilter
  Platform__Secret: '@Microsoft.KeyVault(SecretUri=${keyVaultUri}secrets/platform-secret)'
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 1000 }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }
}

output name string = app.name
output apiUrl string = apiUrl

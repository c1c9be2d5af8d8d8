param location string
param tags object
param vaultName string

@secure()
param jwtSigningKey string

@secure()
param platformSecret string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
  }

  resource signing 'secrets' = {
    name: 'jwt-signing-key'
    properties: { value: jwtSigningKey }
  }

  resource platform 'secrets' = {
    name: 'platform-secret'
    properties: { value: platformSecret }
  }
}

output vaultName string = vault.name
output vaultUri string = vault.properties.vaultUri

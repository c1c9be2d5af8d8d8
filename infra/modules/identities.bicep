// One identity for each program, so that each holds the rights that it needs and no more.
param location string
param tags object
param suffix string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-functions-${suffix}'
  location: location
  tags: tags
}

resource transcoder 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-transcoder-${suffix}'
  location: location
  tags: tags
}

resource ranker 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-ranker-${suffix}'
  location: location
  tags: tags
}

resource trainer 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-trainer-${suffix}'
  location: location
  tags: tags
}

resource collector 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-collector-${suffix}'
  location: location
  tags: tags
}

output functionsId string = functions.id
output functionsClientId string = functions.properties.clientId
output functionsPrincipalId string = functions.properties.principalId
output transcoderId string = transcoder.id
output transcoderClientId string = transcoder.properties.clientId
output transcoderPrincipalId string = transcoder.properties.principalId
output rankerId string = ranker.id
output rankerClientId string = ranker.properties.clientId
output rankerPrincipalId string = ranker.properties.principalId
output trainerId string = trainer.id
output trainerClientId string = trainer.properties.clientId
output trainerPrincipalId string = trainer.properties.principalId
output collectorId string = collector.id
output collectorClientId string = collector.properties.clientId
output collectorPrincipalId string = collector.properties.principalId

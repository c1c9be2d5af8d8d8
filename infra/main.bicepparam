using 'main.bicep'

param environmentName = 'dev'
param transcoderImage = readEnvironmentVariable('TRANSCODER_IMAGE', '')
param rankerImage = readEnvironmentVariable('RANKER_IMAGE', '')
param rankerProfile = readEnvironmentVariable('RANKER_PROFILE', 'Consumption')
param collectorImage = readEnvironmentVariable('COLLECTOR_IMAGE', '')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
param functionsDeployed = bool(readEnvironmentVariable('FUNCTIONS_DEPLOYED', 'false'))
param jwtSigningKey = readEnvironmentVariable('JWT_SIGNING_KEY')
param jwtVerifyingKeys = readEnvironmentVariable('JWT_VERIFYING_KEYS', '')
param firstAdmin = readEnvironmentVariable('FIRST_ADMIN', '')
param breachedFilter = readEnvironmentVariable('BREACHED_FILTER', '')
param platformSecret = readEnvironmentVariable('PLATFORM_SECRET')

param location string
param tags object
param suffix string
param alertEmail string

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

// Each looks back over its window and fires when its value is above its limit. severity: 0 pages someone, 2 waits for the morning.
// What metrics cannot tell, because the collector hands on sums and not distributions, is read off the spans, of which a share is kept.
var alerts = [
  { name: 'queue-depth', severity: 0, above: 10000, window: 'PT5M', query: 'AppMetrics | where Name == "video_processing_queue_depth" and tostring(Properties.queue) !endswith "-poison" | summarize value = min(Max) by queue = tostring(Properties.queue)' }
  { name: 'poison', severity: 2, above: 0, window: 'PT5M', query: 'AppMetrics | where Name == "video_processing_queue_depth" and tostring(Properties.queue) endswith "-poison" | summarize value = max(Max) by queue = tostring(Properties.queue)' }
  { name: 'recommendation-down', severity: 0, above: 50, window: 'PT5M', query: 'AppMetrics | where Name == "recommendation_service_latency_seconds" | summarize value = 100.0 * sumif(ItemCount, tostring(Properties.outcome) != "answered") / sum(ItemCount)' }
  { name: 'database-failing', severity: 0, above: 10, window: 'PT5M', query: 'AppMetrics | where Name == "db_query_duration_seconds" | summarize value = 100.0 * sumif(ItemCount, tostring(Properties.status) in ("none", "408", "429") or tostring(Properties.status) startswith "5") / sum(ItemCount)' }
  { name: 'functions-failing', severity: 2, above: 5, window: 'PT15M', query: 'AppMetrics | where Name == "function_duration_seconds" | summarize value = 100.0 * sumif(ItemCount, tostring(Properties.outcome) == "failed") / sum(ItemCount)' }
  { name: 'processing-failures', severity: 2, above: 20, window: 'PT15M', query: 'AppMetrics | where Name in ("video_processing_failures_total", "videos_published_total") | summarize failed = sumif(Sum, Name == "video_processing_failures_total"), all = sum(Sum) | where all >= 10 | project value = 100.0 * failed / all' }
  { name: 'processing-slow', severity: 2, above: 60, window: 'PT15M', query: 'AppRequests | extend seconds = todouble(Measurements["video.processing_seconds"]) | where isnotnull(seconds) | summarize value = percentile(seconds, 95)' }
  { name: 'feed-slow', severity: 2, above: 500, window: 'PT15M', query: 'AppRequests | where Name == "GetFeed" | summarize value = percentile(DurationMs, 95)' }
]

resource onCall 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'tiktok'
    enabled: true
    emailReceivers: [{ name: 'on-call', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource rules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in alerts: {
  name: 'alert-${alert.name}-${suffix}'
  location: location
  tags: tags
  properties: {
    displayName: alert.name
    severity: alert.severity
    enabled: true
    scopes: [logs.id]
    evaluationFrequency: 'PT5M'
    windowSize: alert.window
    autoMitigate: true
    // The tables come with the first telemetry.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          metricMeasureColumn: 'value'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: alert.above
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(alertEmail) ? [] : [onCall.id] }
  }
}]

output logAnalyticsName string = logs.name
output applicationInsightsName string = insights.name
output connectionString string = insights.properties.ConnectionString

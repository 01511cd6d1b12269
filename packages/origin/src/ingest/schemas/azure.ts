import type { Schema } from './schema.ts';

/** Azure. */
export const AZURE: readonly Schema[] = [
  // Categories whose properties mean more than the common schema says.
  {
    name: 'azure-front-door',
    title: 'Azure Front Door access log',
    family: 'cloud',
    source: 'https://learn.microsoft.com/en-us/azure/frontdoor/monitor-front-door',
    has: ['time', 'category', 'properties.timeTaken'],
    // A property of the same name in another category may be in milliseconds.
    values: { category: ['FrontDoorAccessLog', 'FrontdoorAccessLog'] },
    roles: {
      timestamp: ['time'],
      source: ['properties.clientIp'],
      method: ['properties.httpMethod'],
      path: ['properties.requestUri'],
      status: ['properties.httpStatusCode'],
    },
    durations: { 'properties.timeTaken': 's' },
    examples: [
      {
        line: '{"time":"2026-03-01T10:00:00.5Z","resourceId":"/X","category":"FrontDoorAccessLog","properties":{"httpMethod":"GET","requestUri":"https://shop.example:443/lamp","clientIp":"203.0.113.5","timeTaken":"0.250","httpStatusCode":"404"}}',
        record: {
          timestamp: '2026-03-01T10:00:00.500Z',
          level: 'WARN',
          source: '203.0.113.5',
          method: 'GET',
          path: 'https://shop.example:443/lamp',
          status: 404,
          responseTimeMs: 250,
        },
      },
    ],
  },
  {
    name: 'azure-functions',
    title: 'Azure Functions application log',
    family: 'cloud',
    source: 'https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/functionapplogs',
    has: ['time', 'category', 'properties.message'],
    values: { category: ['FunctionAppLogs'] },
    roles: {
      timestamp: ['time'],
      level: ['level', 'properties.logLevel'],
      service: ['properties.appName', 'properties.functionName'],
      message: ['properties.message'],
    },
    examples: [
      {
        line: '{"time":"2026-03-01T10:00:02Z","category":"FunctionAppLogs","level":"Warning","properties":{"appName":"shop","message":"charge is slow","category":"Host.Results"}}',
        record: {
          timestamp: '2026-03-01T10:00:02.000Z',
          level: 'WARN',
          service: 'shop',
          message: 'charge is slow',
        },
      },
    ],
  },
  {
    name: 'azure-resource-log',
    title: 'Azure resource and activity logs',
    family: 'cloud',
    source: 'https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-schema',
    has: ['time|timeStamp', 'resourceId|ResourceId', 'category|operationName|Category'],
    roles: {
      timestamp: ['time', 'timeStamp'],
      level: ['level', 'Level', 'properties.level', 'properties.Level'],
      service: [
        'properties.ContainerAppName',
        'properties.containerName',
        'properties.ContainerName',
        'properties.role',
      ],
      message: ['properties.message', 'properties.Message', 'properties.log', 'resultDescription'],
      source: ['callerIpAddress', 'properties.clientIP', 'properties.clientIp', 'properties.CIp'],
      method: ['properties.httpMethod', 'properties.CsMethod'],
      path: ['properties.requestUri', 'properties.CsUriStem'],
      status: ['properties.httpStatus', 'properties.ScStatus', 'properties.httpStatusCode', 'resultSignature'],
    },
    durations: { durationMs: 'ms', DurationMs: 'ms', 'properties.TimeTaken': 'ms' },
    scale: 'windows',
    examples: [
      {
        line: '{"time":"2026-03-01T10:00:00.1234567Z","resourceId":"/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/SHOP","category":"AuditEvent","operationName":"SecretGet","resultSignature":"OK","level":"Informational","durationMs":"78","callerIpAddress":"203.0.113.5","properties":{"requestUri":"https://shop.vault.azure.net/secrets/a","httpStatusCode":200}}',
        record: {
          timestamp: '2026-03-01T10:00:00.123Z',
          level: 'INFO',
          source: '203.0.113.5',
          path: 'https://shop.vault.azure.net/secrets/a',
          status: 200,
          responseTimeMs: 78,
        },
      },
    ],
  },
  {
    name: 'azure-application-insights',
    title: 'Azure Application Insights',
    family: 'cloud',
    source: 'https://learn.microsoft.com/en-us/azure/azure-monitor/app/data-model-complete',
    has: ['timestamp|TimeGenerated|time', 'cloud_RoleName|AppRoleName', 'itemType|Type|severityLevel|SeverityLevel'],
    roles: {
      timestamp: ['timestamp', 'TimeGenerated', 'time'],
      level: ['severityLevel', 'SeverityLevel'],
      service: ['cloud_RoleName', 'AppRoleName'],
      message: ['message', 'Message', 'outerMessage', 'OuterMessage'],
      source: ['client_IP', 'ClientIP'],
      path: ['url', 'Url'],
      status: ['resultCode', 'ResultCode'],
    },
    durations: { duration: 'ms', DurationMs: 'ms' },
    scale: 'applicationInsights',
    examples: [
      {
        line: '{"timestamp":"2026-03-01T10:00:00.123Z","message":"card declined","severityLevel":3,"itemType":"trace","cloud_RoleName":"shop"}',
        record: { timestamp: '2026-03-01T10:00:00.123Z', level: 'ERROR', service: 'shop', message: 'card declined' },
      },
    ],
  },
];

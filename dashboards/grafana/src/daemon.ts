// The daemon: deliveries, backlog and resources.
import { frame } from './frame';
import { anyIsBad, lines, one } from './panels';
import { own, since } from './queries';

const rate = (metric: string, labels = '') => `rate(${own(metric, labels)}[$__rate_interval])`;
const isOne = (metric: string) => `min(${own(metric)})`;
const zeroIsBad: [number | null, string][] = [[null, 'red'], [1, 'green']];

export const daemon = frame('releasehealth-daemon',
  'releasehealthd itself: deliveries, the spool, PostgreSQL, refreshes, limits, memory.', [], [
    one({ title: 'Up', description: 'Daemons that Prometheus can scrape.', unit: 'short' }, `sum(${own('up')})`, zeroIsBad),
    one({ title: 'PostgreSQL', description: '1 if every daemon reaches its database.', unit: 'short' }, isOne('releasehealth_database_up'), zeroIsBad),
    one({ title: 'Figures are fresh', description: 'Seconds since the last refresh.', unit: 's' }, `max(${since(own('releasehealth_refresh_timestamp_seconds'))})`, [[null, 'green'], [120, 'red']]),
    one({ title: 'Spooled deliveries', description: 'Acknowledged deliveries that are not in PostgreSQL yet.', unit: 'short' }, `sum(${own('releasehealth_spooled_deliveries')})`, anyIsBad),
    one({ title: 'Dead-letter deliveries', description: 'Authentic deliveries that could not be read; `releasehealthd replay` reads them again.', unit: 'short' }, `max(${own('releasehealth_dead_deliveries')})`, anyIsBad),
    one({ title: 'Configuration', description: '1 if the last reload succeeded.', unit: 'short' }, isOne('releasehealth_config_last_reload_successful'), zeroIsBad),

    lines({ title: 'Deliveries', description: 'Deliveries per second by outcome.', unit: 'reqps', width: 12 },
      [{ expr: `sum by (outcome) (${rate('releasehealth_deliveries_total')})`, legend: '{{outcome}}' }]),
    lines({ title: 'Time to acknowledge', description: 'From the end of a delivery\'s header to its response, which is sent after the delivery is durable.', unit: 's', width: 12 },
      [0.5, 0.9, 0.99].map((q) => ({ expr: `histogram_quantile(${q}, sum by (le) (${rate('releasehealth_delivery_seconds_bucket')}))`, legend: String(q) }))),
    lines({ title: 'Since the last delivery', description: 'By source; rises while a source is silent.', unit: 's' },
      [{ expr: `min by (source) (${since(own('releasehealth_last_delivery_timestamp_seconds'))})`, legend: '{{source}}' }]),
    lines({ title: 'Refresh', description: 'Duration of the last refresh.', unit: 's' }, [{ expr: own('releasehealth_refresh_seconds'), legend: '{{instance}}' }]),
    lines({ title: 'Events to derive', description: 'Upper bound of acknowledged events that are not in the figures yet.', unit: 'short' },
      [{ expr: `max(${own('releasehealth_underived_events')})`, legend: 'events' }]),
    lines({ title: 'PostgreSQL failures', description: 'Failures per second by reason.', unit: 'short' },
      [{ expr: `sum by (reason) (${rate('releasehealth_database_failures_total')})`, legend: '{{reason}}' }]),
    lines({ title: 'Limits reached', description: 'Exceeded limits per second by configuration key.', unit: 'short' },
      [{ expr: `sum by (limit) (${rate('releasehealth_limits_reached_total')})`, legend: '{{limit}}' }]),
    lines({ title: 'Spool', description: 'Size of the spooled deliveries.', unit: 'bytes' }, [{ expr: own('releasehealth_spooled_bytes'), legend: '{{instance}}' }]),
    lines({ title: 'Memory', description: 'Resident memory.', unit: 'bytes' }, [{ expr: own('process_resident_memory_bytes'), legend: '{{instance}}' }]),
    lines({ title: 'CPU', description: 'CPU cores in use.', unit: 'short' }, [{ expr: rate('process_cpu_seconds_total'), legend: '{{instance}}' }]),
    lines({ title: 'Open files', description: 'Share of the process\' limit of open files.', unit: 'percentunit' },
      [{ expr: `${own('process_open_fds')} / ${own('process_max_fds')}`, legend: '{{instance}}' }], [[null, 'green'], [0.8, 'red']]),
    lines({ title: 'Names above the cardinality limit', description: 'Names aggregated as `other`.', unit: 'short' },
      [{ expr: `max by (kind) (${own('releasehealth_other_names')})`, legend: '{{kind}}' }]),
  ]);

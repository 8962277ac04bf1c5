// The daemon: does it take what is sent, is it behind, what is it short of.
import { frame } from './frame';
import { anyIsBad, lines, one } from './panels';
import { own, since } from './queries';

const rate = (metric: string, labels = '') => `rate(${own(metric, labels)}[$__rate_interval])`;
const isOne = (metric: string) => `min(${own(metric)})`;
const zeroIsBad: [number | null, string][] = [[null, 'red'], [1, 'green']];

export const daemon = frame('releasehealth-daemon',
  'releasehealthd itself: deliveries, the spool, PostgreSQL, refreshes, limits, memory.', [], [
    one({ title: 'Up', description: 'Daemons that Prometheus can scrape.', unit: 'short' }, `sum(${own('up')})`, zeroIsBad),
    one({ title: 'PostgreSQL', description: '1 while every daemon reaches its database.', unit: 'short' }, isOne('releasehealth_database_up'), zeroIsBad),
    one({ title: 'Figures are fresh', description: 'Seconds since the last refresh.', unit: 's' }, `max(${since(own('releasehealth_refresh_timestamp_seconds'))})`, [[null, 'green'], [120, 'red']]),
    one({ title: 'Spooled deliveries', description: 'Acknowledged, and waiting for PostgreSQL.', unit: 'short' }, `sum(${own('releasehealth_spooled_deliveries')})`, anyIsBad),
    one({ title: 'Dead deliveries', description: 'Authentic, kept, and not understood; `releasehealthd replay` reads them again.', unit: 'short' }, `max(${own('releasehealth_dead_deliveries')})`, anyIsBad),
    one({ title: 'Configuration', description: '1 if the last reload was taken.', unit: 'short' }, isOne('releasehealth_config_last_reload_successful'), zeroIsBad),

    lines({ title: 'Deliveries', description: 'A second, by what became of them.', unit: 'reqps', width: 12 },
      [{ expr: `sum by (outcome) (${rate('releasehealth_deliveries_total')})`, legend: '{{outcome}}' }]),
    lines({ title: 'Time to acknowledge', description: 'From the end of a delivery\'s head to its answer, durable by then.', unit: 's', width: 12 },
      [0.5, 0.9, 0.99].map((q) => ({ expr: `histogram_quantile(${q}, sum by (le) (${rate('releasehealth_delivery_seconds_bucket')}))`, legend: String(q) }))),
    lines({ title: 'Since the last delivery', description: 'By source: one that falls silent shows here first.', unit: 's' },
      [{ expr: `min by (source) (${since(own('releasehealth_last_delivery_timestamp_seconds'))})`, legend: '{{source}}' }]),
    lines({ title: 'Refresh', description: 'How long the last refresh took.', unit: 's' }, [{ expr: own('releasehealth_refresh_seconds'), legend: '{{instance}}' }]),
    lines({ title: 'Events to derive', description: 'Acknowledged, and not in the figures yet, at most.', unit: 'short' },
      [{ expr: `max(${own('releasehealth_underived_events')})`, legend: 'events' }]),
    lines({ title: 'Failures of PostgreSQL', description: 'A second, by reason.', unit: 'short' },
      [{ expr: `sum by (reason) (${rate('releasehealth_database_failures_total')})`, legend: '{{reason}}' }]),
    lines({ title: 'Limits reached', description: 'A second, by the configuration\'s key.', unit: 'short' },
      [{ expr: `sum by (limit) (${rate('releasehealth_limits_reached_total')})`, legend: '{{limit}}' }]),
    lines({ title: 'Spool', description: 'Bytes that wait for PostgreSQL.', unit: 'bytes' }, [{ expr: own('releasehealth_spooled_bytes'), legend: '{{instance}}' }]),
    lines({ title: 'Memory', description: 'Resident.', unit: 'bytes' }, [{ expr: own('process_resident_memory_bytes'), legend: '{{instance}}' }]),
    lines({ title: 'Processor', description: 'Cores in use.', unit: 'short' }, [{ expr: rate('process_cpu_seconds_total'), legend: '{{instance}}' }]),
    lines({ title: 'Open files', description: 'Share of those that the process may open.', unit: 'percentunit' },
      [{ expr: `${own('process_open_fds')} / ${own('process_max_fds')}`, legend: '{{instance}}' }], [[null, 'green'], [0.8, 'red']]),
    lines({ title: 'Names beyond the most that are kept apart', description: 'They count as `other`.', unit: 'short' },
      [{ expr: `max by (kind) (${own('releasehealth_other_names')})`, legend: '{{kind}}' }]),
  ]);

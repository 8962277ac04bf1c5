// The fleet: is anything beyond its limit, where, and since when.
import { frame, variables } from './frame';
import { anyIsBad, bars, lines, neutral, one, rows } from './panels';
import { beyond, figure, limit, own, ratio, teamFigure } from './queries';

const hotfixes = figure('deployments', 'kind="hotfix",period="month"');
const changes = figure('changes', 'period="$period"');

export const releaseHealth = frame('releasehealth',
  'Whether releases are healthy: hotfixes against their limits, rollbacks, failed changes, time to issue, firefighting.',
  [variables.team, variables.service, variables.environment, variables.period], [
    one({ title: 'Limits broken', description: 'Alerts of releasehealthd that fire. Each has a runbook.', unit: 'short' },
      'count(ALERTS{job=~"$job",alertname=~"ReleaseHealth.+",alertstate="firing"}) or vector(0)', anyIsBad),
    one({ title: 'Hotfixes this month', description: 'Of all chosen services, the month cut in the configured zone.', unit: 'short' }, `sum(${hotfixes})`),
    one({ title: 'Services beyond their hotfix limit', description: 'Hotfixes this month against each service\'s own limit.', unit: 'short' },
      beyond(hotfixes, 'hotfixes', 'month'), anyIsBad),
    one({ title: 'Rollback ratio', description: 'Changes that were rolled back among all changes of the period; limit 5 % over 90 days.', unit: 'percentunit', decimals: 1 },
      ratio(figure('rolled_back_changes', 'period="$period"'), changes), [[null, 'green'], [0.05, 'red']]),
    one({ title: 'Change fail rate', description: 'DORA: failed changes among all changes of the period; limit 15 % over 30 days.', unit: 'percentunit', decimals: 1 },
      ratio(figure('failed_changes', 'period="$period"'), changes), [[null, 'green'], [0.15, 'red']]),
    one({ title: 'Open incidents', description: 'In production, now.', unit: 'short' }, `sum(${figure('open_incidents')})`, anyIsBad),

    bars({ title: 'Hotfixes this month', description: 'The fifteen services with most.', unit: 'short' },
      [{ expr: `topk(15, sum by (service_name) (${hotfixes}))`, legend: '{{service_name}}' }]),
    bars({ title: 'Causes of hotfixes', description: 'Of the period; the runbook has what prevents each.', unit: 'short' },
      [{ expr: `sum by (cause) (${figure('hotfixes_by_cause', 'period="$period"')})`, legend: '{{cause}}' }]),
    bars({ title: 'Time to issue, median', description: 'From the finish of a failed change to its first issue, by team; limit 48 hours over 30 days: sooner is worse.', unit: 's' },
      [{ expr: teamFigure('time_to_issue_seconds', 'quantile="0.5",period="$period"'), legend: '{{team_name}}' }], [[null, 'red'], [172800, 'green']]),

    lines({ title: 'Hotfixes of the month, over time', description: 'Each service, from 0 at the beginning of each month, and the limit.', unit: 'short', width: 12 },
      [{ expr: hotfixes, legend: '{{service_name}} {{deployment_environment}}' },
        { expr: `max(${limit('hotfixes', 'month')})`, legend: 'limit', isLimit: true }]),
    lines({ title: 'Rollbacks and failures', description: 'Ratios of all chosen services together, over the period.', unit: 'percentunit', width: 12 },
      [{ expr: ratio(figure('rolled_back_changes', 'period="$period"'), changes), legend: 'rolled back' },
        { expr: ratio(figure('failed_changes', 'period="$period"'), changes), legend: 'failed' }], [[null, 'green'], [0.15, 'red']]),
    lines({ title: 'Firefighting', description: 'Share of a team\'s capacity spent on incidents; limit 20 % over 30 days. Teams without configured engineers have none.', unit: 'percentunit', width: 12 },
      [{ expr: teamFigure('firefighting_ratio', 'period="$period"'), legend: '{{team_name}}' },
        { expr: `max(max without (instance) (${own('releasehealth_threshold', 'figure="firefighting_ratio",team_name=~"$team"')}))`, legend: 'limit', isLimit: true }]),
    lines({ title: 'Deployments per day', description: 'DORA: planned, hotfix and rollback deployments a day of the period, by service.', unit: 'short', width: 12 },
      [{ expr: figure('deployments_per_day', 'period="$period"'), legend: '{{service_name}} {{deployment_environment}}' }]),

    rows({ title: 'Services, the worst first', description: 'Over the period, but for hotfixes (this month) and what is left to be done (now).', unit: 'short' },
      'service_name', '/d/releasehealth-service?var-service=${__value.raw}&${__url_time_range}', [
        { title: 'hotfixes', unit: 'short', expr: `sum by (service_name) (${hotfixes})` },
        { title: 'planned', unit: 'short', expr: `sum by (service_name) (${figure('deployments', 'kind="planned",period="$period"')})` },
        { title: 'rolled back', unit: 'percentunit', decimals: 1, expr: `max by (service_name) (${figure('rollback_ratio', 'period="$period"')})` },
        { title: 'change fail rate', unit: 'percentunit', decimals: 1, expr: `max by (service_name) (${figure('change_fail_ratio', 'period="$period"')})` },
        { title: 'time to issue', unit: 's', expr: `min by (service_name) (${figure('time_to_issue_seconds', 'quantile="0.5",period="$period"')})` },
        { title: 'recovery', unit: 's', expr: `max by (service_name) (${figure('recovery_seconds', 'quantile="0.5",period="$period"')})` },
        { title: 'not merged back', unit: 'short', expr: `sum by (service_name) (${figure('unmerged_hotfixes')})` },
        { title: 'reviews overdue', unit: 'short', expr: `sum by (service_name) (${figure('overdue_reviews')})` },
      ]),
    bars({ title: 'Firefighting, hours', description: 'Person-hours of the period spent on incidents, by service.', unit: 'h', decimals: 1, width: 24, height: 6 },
      [{ expr: `sum by (service_name) (${figure('firefighting_seconds', 'period="$period"')}) / 3600`, legend: '{{service_name}}' }], neutral),
  ]);

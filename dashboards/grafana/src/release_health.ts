// The fleet: exceeded thresholds and headline figures of all services.
import { frame, variables } from './frame';
import { anyIsBad, bars, lines, neutral, one, rows } from './panels';
import { common, countExceeded, exceeded, figure, own, ratio, teamFigure, threshold } from './queries';

const hotfixes = figure('deployments', 'kind="hotfix",period="month"');
const changes = figure('changes', 'period="$period"');
const ofTeams = `max without (instance) (${own('releasehealth_threshold', 'figure="firefighting_ratio",period="$period",team_name=~"$team"')})`;

export const releaseHealth = frame('releasehealth',
  'Whether releases are healthy: thresholds exceeded, hotfixes, rollbacks, failed changes, time to issue, firefighting. The daemon judges thresholds; those that it does not judge because of missing data have no value here.',
  [variables.team, variables.service, variables.environment, variables.period], [
    one({ title: 'Thresholds exceeded', description: 'Exceeded thresholds of the selected services and their teams, as judged by the daemon; a dash means that none is judged. Each has an alert and a runbook.', unit: 'short' },
      countExceeded, anyIsBad),
    one({ title: 'Hotfixes this month', description: 'All selected services; the month begins in the configured time zone.', unit: 'short' }, `sum(${hotfixes})`),
    one({ title: 'Too many hotfixes', description: 'Services whose hotfixes this month exceed their own threshold.', unit: 'short' },
      `sum(${exceeded('figure="hotfixes",period="month"')})`, anyIsBad),
    one({ title: 'Rollback ratio', description: 'Rolled back changes among all changes of the period, over all selected services together. Thresholds apply to each service.', unit: 'percentunit', decimals: 1 },
      ratio(figure('rolled_back_changes', 'period="$period"'), changes)),
    one({ title: 'Change fail rate', description: 'DORA: failed changes among all changes of the period, over all selected services together. Thresholds apply to each service.', unit: 'percentunit', decimals: 1 },
      ratio(figure('failed_changes', 'period="$period"'), changes)),
    one({ title: 'Open incidents', description: 'Incidents in production that are open now.', unit: 'short' }, `sum(${figure('open_incidents')})`, anyIsBad),

    bars({ title: 'Hotfixes this month, by service', description: 'The fifteen services with the most hotfixes.', unit: 'short' },
      [{ expr: `topk(15, sum by (service_name) (${hotfixes}))`, legend: '{{service_name}}' }]),
    bars({ title: 'Root causes of hotfixes', description: 'Hotfixes of the period; the runbook lists the prevention of each cause.', unit: 'short' },
      [{ expr: `sum by (cause) (${figure('hotfixes_by_cause', 'period="$period"')})`, legend: '{{cause}}' }]),
    bars({ title: 'Time to issue, median', description: 'From the finish of a failed change of the period to its first issue, by team: sooner is worse.', unit: 's' },
      [{ expr: teamFigure('time_to_issue_seconds', 'quantile="0.5",period="$period"'), legend: '{{team_name}}' }]),

    lines({ title: 'Hotfixes of the month, over time', description: 'Each service, from 0 at the beginning of each month, and the threshold if all selected services have the same.', unit: 'short', width: 12 },
      [{ expr: hotfixes, legend: '{{service_name}} {{deployment_environment}}' },
        { expr: common(threshold('hotfixes', 'month')), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Rollbacks and failures', description: 'Ratios over all selected services together in the period.', unit: 'percentunit', width: 12 },
      [{ expr: ratio(figure('rolled_back_changes', 'period="$period"'), changes), legend: 'rolled back' },
        { expr: ratio(figure('failed_changes', 'period="$period"'), changes), legend: 'failed' }]),
    lines({ title: 'Firefighting', description: 'Share of a team\'s capacity spent on incidents of the period, and the threshold over the same period if all teams have the same. Teams without configured engineers have no value.', unit: 'percentunit', width: 12 },
      [{ expr: teamFigure('firefighting_ratio', 'period="$period"'), legend: '{{team_name}}' },
        { expr: common(ofTeams), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Deployments per day', description: 'DORA: planned, hotfix and rollback deployments per day of the period, by service.', unit: 'suffix: / day', width: 12 },
      [{ expr: figure('deployments_per_day', 'period="$period"'), legend: '{{service_name}} {{deployment_environment}}' }]),

    rows({ title: 'Services needing attention', description: 'Ordered by exceeded thresholds, each over its own period; a dash means not judged. The other columns cover the period, except hotfixes (this month) and open work (now).', unit: 'short' },
      'service_name', '/d/releasehealth-service?var-service=${__value.raw}&${__url_time_range}', [
        { title: 'thresholds exceeded', unit: 'short', expr: `sum by (service_name) (${exceeded()})`, colours: anyIsBad },
        { title: 'hotfixes this month', unit: 'short', expr: `sum by (service_name) (${hotfixes})` },
        { title: 'planned', unit: 'short', expr: `sum by (service_name) (${figure('deployments', 'kind="planned",period="$period"')})` },
        { title: 'rolled back', unit: 'percentunit', decimals: 1, expr: `max by (service_name) (${figure('rollback_ratio', 'period="$period"')})` },
        { title: 'change fail rate', unit: 'percentunit', decimals: 1, expr: `max by (service_name) (${figure('change_fail_ratio', 'period="$period"')})` },
        { title: 'time to issue', unit: 's', expr: `min by (service_name) (${figure('time_to_issue_seconds', 'quantile="0.5",period="$period"')})` },
        { title: 'recovery', unit: 's', expr: `max by (service_name) (${figure('recovery_seconds', 'quantile="0.5",period="$period"')})` },
        { title: 'not merged back', unit: 'short', expr: `sum by (service_name) (${figure('unmerged_hotfixes')})` },
        { title: 'reviews overdue', unit: 'short', expr: `sum by (service_name) (${figure('overdue_reviews')})` },
      ]),
    bars({ title: 'Firefighting by service', description: 'Person-seconds of the period spent on incidents.', unit: 's', width: 24, height: 6 },
      [{ expr: `sum by (service_name) (${figure('firefighting_seconds', 'period="$period"')})`, legend: '{{service_name}}' }], neutral),
    bars({ title: 'Lowest coverage of a service', description: 'Share of the last 90 days\' deployments, hotfixes, incidents or services with the evidence that figures need. Below 90 %, the page /coverage shows how to supply it.', unit: 'percentunit', width: 24, height: 6 },
      [{ expr: `min by (evidence) (${figure('coverage_ratio')})`, legend: '{{evidence}}' }], neutral),
  ]);

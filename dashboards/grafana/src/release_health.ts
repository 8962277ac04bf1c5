// The fleet: is any threshold exceeded, where, and since when.
import { frame, variables } from './frame';
import { anyIsBad, bars, lines, neutral, one, rows } from './panels';
import { common, countExceeded, exceeded, figure, own, ratio, teamFigure, threshold } from './queries';

const hotfixes = figure('deployments', 'kind="hotfix",period="month"');
const changes = figure('changes', 'period="$period"');
const ofTeams = `max without (instance) (${own('releasehealth_threshold', 'figure="firefighting_ratio",period="$period",team_name=~"$team"')})`;

export const releaseHealth = frame('releasehealth',
  'Whether releases are healthy: thresholds exceeded, hotfixes, rollbacks, failed changes, time to issue, firefighting. The daemon judges thresholds; what it does not judge, for want of data, has no value here.',
  [variables.team, variables.service, variables.environment, variables.period], [
    one({ title: 'Thresholds exceeded', description: 'Of the chosen services and of their teams, as the daemon judges them; a dash: none is judged. Each has an alert and a runbook.', unit: 'short' },
      countExceeded, anyIsBad),
    one({ title: 'Hotfixes this month', description: 'Of all chosen services, the month cut in the configured zone.', unit: 'short' }, `sum(${hotfixes})`),
    one({ title: 'Too many hotfixes', description: 'Services whose hotfixes this month exceed their own threshold.', unit: 'short' },
      `sum(${exceeded('figure="hotfixes",period="month"')})`, anyIsBad),
    one({ title: 'Rollback ratio', description: 'Changes that were rolled back among all changes of the period, of all chosen services together. Thresholds are those of each service.', unit: 'percentunit', decimals: 1 },
      ratio(figure('rolled_back_changes', 'period="$period"'), changes)),
    one({ title: 'Change fail rate', description: 'DORA: failed changes among all changes of the period, of all chosen services together. Thresholds are those of each service.', unit: 'percentunit', decimals: 1 },
      ratio(figure('failed_changes', 'period="$period"'), changes)),
    one({ title: 'Open incidents', description: 'In production, now.', unit: 'short' }, `sum(${figure('open_incidents')})`, anyIsBad),

    bars({ title: 'Hotfixes this month, by service', description: 'The fifteen services with most.', unit: 'short' },
      [{ expr: `topk(15, sum by (service_name) (${hotfixes}))`, legend: '{{service_name}}' }]),
    bars({ title: 'Causes of hotfixes', description: 'Of the period; the runbook has what prevents each.', unit: 'short' },
      [{ expr: `sum by (cause) (${figure('hotfixes_by_cause', 'period="$period"')})`, legend: '{{cause}}' }]),
    bars({ title: 'Time to issue, median', description: 'From the finish of a failed change of the period to its first issue, by team: sooner is worse.', unit: 's' },
      [{ expr: teamFigure('time_to_issue_seconds', 'quantile="0.5",period="$period"'), legend: '{{team_name}}' }]),

    lines({ title: 'Hotfixes of the month, over time', description: 'Each service, from 0 at the beginning of each month, and the threshold if all chosen have the same.', unit: 'short', width: 12 },
      [{ expr: hotfixes, legend: '{{service_name}} {{deployment_environment}}' },
        { expr: common(threshold('hotfixes', 'month')), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Rollbacks and failures', description: 'Ratios of all chosen services together, over the period.', unit: 'percentunit', width: 12 },
      [{ expr: ratio(figure('rolled_back_changes', 'period="$period"'), changes), legend: 'rolled back' },
        { expr: ratio(figure('failed_changes', 'period="$period"'), changes), legend: 'failed' }]),
    lines({ title: 'Firefighting', description: 'Share of a team\'s capacity spent on incidents of the period, and the threshold over the same period if all teams have the same. Teams without configured engineers have none.', unit: 'percentunit', width: 12 },
      [{ expr: teamFigure('firefighting_ratio', 'period="$period"'), legend: '{{team_name}}' },
        { expr: common(ofTeams), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Deployments per day', description: 'DORA: planned, hotfix and rollback deployments a day of the period, by service.', unit: 'suffix: / day', width: 12 },
      [{ expr: figure('deployments_per_day', 'period="$period"'), legend: '{{service_name}} {{deployment_environment}}' }]),

    rows({ title: 'Services, the worst first', description: 'By thresholds exceeded, each over its own period; a dash: not judged. The figures beside them are those of the period, but for hotfixes (this month) and what is left to be done (now).', unit: 'short' },
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
    bars({ title: 'Coverage, the lowest of a service', description: 'Share of the last 90 days\' deployments, hotfixes or incidents of which the evidence is known that figures rest on. Below 90 % the page /coverage says what would supply it.', unit: 'percentunit', width: 24, height: 6 },
      [{ expr: `min by (evidence) (${figure('coverage_ratio')})`, legend: '{{evidence}}' }], neutral),
  ]);

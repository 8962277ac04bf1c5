// One service: the dashboard that its alerts link to.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { frame, variables } from './frame';
import { anyIsBad, bars, colourKinds, lines, one, prometheusSource, thresholdTable } from './panels';
import { common, exceeded, figure, since, threshold } from './queries';

const period = 'period="$period"';

// The value is the time, so that each deployment is marked where it finished, independent of the scrape interval.
const mark = (name: string, colour: string, expr: string) =>
  new dashboard.AnnotationQueryBuilder()
    .name(name).datasource(prometheusSource).enable(true).iconColor(colour).expr(`${expr} * 1000`).useValueForTime(true).step('60s')
    .titleFormat(name).textFormat('{{service_name}} {{deployment_environment}}').tagKeys('kind');
const deployed = (kind: string) => figure('last_deployment_timestamp_seconds', `kind="${kind}"`);

export const service = frame('releasehealth-service',
  'One service: figures, thresholds as judged by the daemon, deployments, hotfixes, rollbacks, causes and open work.',
  [variables.team, variables.oneService, variables.environment, variables.period], [
    one({ title: 'Thresholds exceeded', description: 'As judged by the daemon, each over its own period; a dash means that none is judged. The table below lists them.', unit: 'short' },
      `sum(${exceeded()})`, anyIsBad),
    one({ title: 'Hotfixes this month', description: 'The month begins in the configured time zone.', unit: 'short' },
      `sum(${figure('deployments', 'kind="hotfix",period="month"')})`),
    one({ title: 'Rollback ratio', description: 'Changes of the period that were rolled back.', unit: 'percentunit', decimals: 1 },
      `max(${figure('rollback_ratio', period)})`),
    one({ title: 'Not merged back', description: 'Hotfixes that are not in the default branch.', unit: 'short' }, `sum(${figure('unmerged_hotfixes')})`),
    one({ title: 'Reviews overdue', description: 'Hotfixes, and incidents of severity 1 and 2, that were not reviewed in time.', unit: 'short' }, `sum(${figure('overdue_reviews')})`),
    one({ title: 'Open incidents', description: 'Incidents in production that are open now.', unit: 'short' }, `sum(${figure('open_incidents')})`, anyIsBad),

    one({ title: 'Since the last hotfix', description: 'Time since the last hotfix finished.', unit: 's' }, `min(${since(deployed('hotfix'))})`),
    one({ title: 'Frequency', description: 'DORA: planned, hotfix and rollback deployments per day of the period.', unit: 'suffix: / day', decimals: 2 }, `max(${figure('deployments_per_day', period)})`),
    one({ title: 'Lead time', description: 'DORA: from the first commit to the finish, median of the period.', unit: 's' }, `max(${figure('lead_time_seconds', 'quantile="0.5",' + period)})`),
    one({ title: 'Change fail rate', description: 'DORA: failed changes among all changes of the period.', unit: 'percentunit', decimals: 1 },
      `max(${figure('change_fail_ratio', period)})`),
    one({ title: 'Recovery time', description: 'DORA: from the finish of a failed change to its recovery, median of the period.', unit: 's' },
      `max(${figure('recovery_seconds', 'quantile="0.5",' + period)})`),
    one({ title: 'Rework rate', description: 'DORA: hotfixes among all deployments of the period.', unit: 'percentunit', decimals: 1 }, `max(${figure('rework_ratio', period)})`),

    thresholdTable({ title: 'Thresholds', description: 'Each threshold of the service over its own period: exceeded, within, or not judged because of missing data. Durations are in seconds, ratios from 0 to 1.', unit: 'short', width: 12, height: 9 },
      `max by (deployment_environment, figure, period) (${exceeded()}) or (0 * max by (deployment_environment, figure, period) (${figure('threshold')}) - 1)`,
      `max by (deployment_environment, figure, period) (${figure('threshold')})`),
    lines({ title: 'Hotfixes of the month, over time', description: 'From 0 at the beginning of each month, and the threshold.', unit: 'short', width: 12, height: 9 },
      [{ expr: figure('deployments', 'kind="hotfix",period="month"'), legend: '{{deployment_environment}}' },
        { expr: common(threshold('hotfixes', 'month')), legend: 'threshold', isThreshold: true }]),
    colourKinds(lines({ title: 'Deployments by kind', description: 'Deployments of the period.', unit: 'short', width: 24, height: 6 },
      [{ expr: `sum by (kind) (${figure('deployments', period)})`, legend: '{{kind}}' }])),
    bars({ title: 'Root causes of hotfixes', description: 'Hotfixes of the period; the runbook lists the prevention of each cause.', unit: 'short' },
      [{ expr: `sum by (cause) (${figure('hotfixes_by_cause', period)})`, legend: '{{cause}}' }]),
    bars({ title: 'Recovery by first remediation', description: 'Median time from the finish of a failed change of the period to its recovery: rollback compared with hotfix.', unit: 's' },
      [{ expr: `max by (remedy) (${figure('recovery_by_remedy_seconds', 'quantile="0.5",' + period)})`, legend: '{{remedy}}' }]),
    bars({ title: 'Hotfix facts', description: 'Hotfixes of the period with each reported fact, such as reviewed, tested or merged back.', unit: 'short' },
      [{ expr: `sum by (fact) (${figure('hotfixes_with', period)})`, legend: '{{fact}}' }]),
    lines({ title: 'Time to issue', description: 'From the finish of a failed change of the period to its first issue: sooner is worse. The threshold is that over the same period, if there is one.', unit: 's' },
      [{ expr: figure('time_to_issue_seconds', period), legend: '{{quantile}}' },
        { expr: common(threshold('time_to_issue_seconds', '$period')), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Hotfix response', description: 'From the detection of an incident to the hotfix in production. The threshold is that over the same period, if there is one.', unit: 's' },
      [{ expr: figure('hotfix_response_seconds', period), legend: '{{quantile}}' },
        { expr: common(threshold('hotfix_response_seconds', '$period')), legend: 'threshold', isThreshold: true }]),
    lines({ title: 'Incidents by severity', description: 'Incidents that started in the period; 1 is the most severe.', unit: 'short' },
      [{ expr: `sum by (severity) (${figure('incidents', period)})`, legend: '{{severity}}' }]),
    lines({ title: 'Firefighting', description: 'Person-seconds of the period spent on incidents, by evidence.', unit: 's' },
      [{ expr: `sum by (method) (${figure('firefighting_seconds', period)})`, legend: '{{method}}' }]),
    lines({ title: 'Restored after', description: 'From the start of an incident of the period to its mitigation.', unit: 's' },
      [{ expr: figure('restore_seconds', period), legend: '{{quantile}}' }]),
    one({ title: 'Oldest unmerged hotfix', description: 'Age of the oldest hotfix that is not merged back; no data if all are merged back.', unit: 's', width: 8, height: 8 },
      `max(${since(figure('oldest_unmerged_hotfix_timestamp_seconds'))})`),
  ]);
for (const [kind, colour] of [['planned', 'blue'], ['hotfix', 'orange'], ['rollback', 'purple']]) service.annotation(mark(kind, colour, deployed(kind)));
service.annotation(mark('incident', 'red', figure('oldest_open_incident_timestamp_seconds')));

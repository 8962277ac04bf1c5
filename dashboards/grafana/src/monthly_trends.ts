// Two years of months from PostgreSQL, independent of Prometheus' retention.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { frame, variables } from './frame';
import { PostgresQuery, postgresSource } from './panels';

const sql = readFileSync(join(process.argv[3], 'months.sql'), 'utf8').trim();

const months = (title: string, description: string, unit: string, columns: string[]) => {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const panel = new timeseries.PanelBuilder()
    .title(title).description(description).unit(unit).span(12).height(8).min(0).datasource(postgresSource).noValue('–')
    .timeFrom('24M').hideTimeOverride(true)
    .drawStyle(columns.length > 1 ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line).fillOpacity(columns.length > 1 ? 80 : 8).lineWidth(2)
    .showPoints(common.VisibilityMode.Always).pointSize(6)
    .legend(new common.VizLegendOptionsBuilder().showLegend(true).displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom).calcs([]))
    .withTarget(new PostgresQuery(`SELECT "time", ${names} FROM (\n${sql}\n) AS months ORDER BY "time"`));
  if (columns.length > 1) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  return panel;
};

export const monthlyTrends = frame('releasehealth-months',
  'Two years of calendar months from PostgreSQL: deployments by kind, DORA metrics, rollbacks, time to issue. Selected services are added up.',
  [
    new dashboard.DatasourceVariableBuilder('postgres').label('PostgreSQL').type('grafana-postgresql-datasource'),
    variables.team, variables.eachService, variables.eachEnvironment,
    new dashboard.TextBoxVariableBuilder('zone').label('Time zone').description('Time zone in which months begin: [calendar] time_zone of the daemon.').defaultValue('UTC'),
    new dashboard.TextBoxVariableBuilder('months').label('Months').description('Number of months, including the current one.').defaultValue('24'),
  ], [
    months('Deployments by kind', 'Succeeded deployments of each month.', 'short', ['planned', 'hotfixes', 'rollbacks']),
    months('Hotfixes', 'Hotfixes of each month.', 'short', ['hotfixes']),
    months('Deployment frequency', 'DORA: planned, hotfix and rollback deployments per day.', 'short', ['deployments per day']),
    months('Change lead time', 'DORA: from the first commit to the finish, median.', 's', ['lead time']),
    months('Change fail rate', 'DORA: failed changes among all changes of the month, including failures found later.', 'percentunit', ['change fail rate']),
    months('Failed deployment recovery time', 'DORA: from the finish of a failed change to its recovery, median.', 's', ['recovery time']),
    months('Deployment rework rate', 'DORA: hotfixes among all deployments.', 'percentunit', ['rework rate']),
    months('Rollback ratio', 'Rolled back changes among all changes of the month, including later rollbacks.', 'percentunit', ['rollback ratio']),
    months('Time to issue', 'From the finish of a failed change to its first issue, median: sooner is worse.', 's', ['time to issue']),
  ]);

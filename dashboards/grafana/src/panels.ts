// Panels: title, description and queries of each. One function for each visualization.
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

export const prometheusSource = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  expr: string;
  legend?: string;
  /** Drawn as a threshold: red and dashed. */
  isThreshold?: boolean;
}

export interface Text {
  title: string;
  description: string;
  unit: string;
  /** Of 24. */
  width?: number;
  height?: number;
  decimals?: number;
}

/** Colour steps: [lower bound, colour]; the first has no lower bound. */
export type Steps = [number | null, string][];
export const neutral: Steps = [[null, 'blue']];
export const anyIsBad: Steps = [[null, 'green'], [1, 'red']];

const steps = (all: Steps) =>
  new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(all.map(([value, color]) => ({ value: value as number, color })));

const target = (query: Query, refId: string, instant: boolean) => {
  const asked = new prometheus.DataqueryBuilder().refId(refId).datasource(prometheusSource).expr(query.expr).legendFormat(query.legend ?? '__auto');
  return instant ? asked.instant() : asked.range();
};

const refId = (n: number) => String.fromCharCode('A'.charCodeAt(0) + n);

/** An instant query: a stat shows the current value, never the last value before a gap. */
export const one = (text: Text, expr: string, colours: Steps = neutral) =>
  new stat.PanelBuilder()
    .title(text.title).description(text.description).unit(text.unit).span(text.width ?? 4).height(text.height ?? 4).decimals(text.decimals ?? 0)
    .datasource(prometheusSource).withTarget(target({ expr }, 'A', true))
    .thresholds(steps(colours)).colorMode(common.BigValueColorMode.Value).graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .noValue('–');

export const bars = (text: Text, queries: Query[], colours: Steps = neutral) => {
  const panel = new bargauge.PanelBuilder()
    .title(text.title).description(text.description).unit(text.unit).span(text.width ?? 8).height(text.height ?? 8).decimals(text.decimals ?? 0)
    .datasource(prometheusSource).orientation(common.VizOrientation.Horizontal).displayMode(common.BarGaugeDisplayMode.Basic)
    .thresholds(steps(colours)).min(0).reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false)).noValue('–');
  queries.forEach((query, n) => panel.withTarget(target(query, refId(n), true)));
  return panel;
};

const thresholdLook = [
  { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  { id: 'custom.fillOpacity', value: 0 },
];

export const lines = (text: Text, queries: Query[], colours?: Steps) => {
  const panel = new timeseries.PanelBuilder()
    .title(text.title).description(text.description).unit(text.unit).span(text.width ?? 8).height(text.height ?? 8).min(0)
    .datasource(prometheusSource).fillOpacity(8).lineWidth(2).showPoints(common.VisibilityMode.Never).noValue('–')
    .legend(new common.VizLegendOptionsBuilder().showLegend(true).displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom).calcs([]))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (text.decimals !== undefined) panel.decimals(text.decimals);
  if (colours)
    panel.thresholds(steps(colours)).thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  queries.forEach((query, n) => {
    panel.withTarget(target(query, refId(n), false));
    if (query.isThreshold) panel.overrideByQuery(refId(n), thresholdLook);
  });
  return panel;
};

export interface Column extends Query {
  title: string;
  unit: string;
  decimals?: number;
  /** Colour steps of the cell's text. */
  colours?: Steps;
}

/** Kinds of deployments, in the colours of the pages. */
export const colourKinds = (panel: timeseries.PanelBuilder) => {
  for (const [kind, fixedColor] of [['planned', 'blue'], ['hotfix', 'orange'], ['rollback', 'purple'], ['redeploy', 'gray']])
    panel.overrideByName(kind, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  return panel;
};

const coloured = (colours: Steps) => [
  { id: 'thresholds', value: { mode: 'absolute', steps: colours.map(([value, color]) => ({ value, color })) } },
  { id: 'custom.cellOptions', value: { type: 'color-text' } }];

/** The thresholds of one service with their states. `judged` is 1 (exceeded), 0 (within) or -1 (not judged). */
export const thresholdTable = (text: Text, judged: string, threshold: string) => {
  const words = { '1': { text: 'exceeded', color: 'red' }, '0': { text: 'within', color: 'green' }, '-1': { text: 'not judged', color: 'gray' } };
  return new table.PanelBuilder()
    .title(text.title).description(text.description).unit(text.unit).span(text.width ?? 24).height(text.height ?? 10)
    .datasource(prometheusSource).noValue('–').thresholds(steps(neutral))
    .withTarget(target({ expr: judged }, 'A', true).format(prometheus.PromQueryFormat.Table))
    .withTarget(target({ expr: threshold }, 'B', true).format(prometheus.PromQueryFormat.Table))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'filterFieldsByName', options: { include: { pattern: '^(deployment_environment|figure|period|Value #.)$' } } })
    .overrideByName('deployment_environment', [{ id: 'displayName', value: 'environment' }])
    .overrideByName('Value #A', [
      { id: 'displayName', value: 'state' }, { id: 'custom.cellOptions', value: { type: 'color-text' } },
      { id: 'mappings', value: [{ type: 'value', options: words }] }])
    .overrideByName('Value #B', [{ id: 'displayName', value: 'threshold' }, { id: 'unit', value: 'none' }])
    .sortBy([new common.TableSortByFieldStateBuilder().displayName('state').desc(true)]);
};

/** A row for each value of `by`, a column for each query; the name links to `link`. */
export const rows = (text: Text, by: string, link: string | undefined, columns: Column[]) => {
  const panel = new table.PanelBuilder()
    .title(text.title).description(text.description).unit(text.unit).span(text.width ?? 24).height(text.height ?? 10)
    .datasource(prometheusSource).noValue('–').thresholds(steps(neutral))
    .withTransformation({ id: 'joinByField', options: { byField: by, mode: 'outer' } })
    .withTransformation({ id: 'filterFieldsByName', options: { include: { pattern: `^(${by}|Value #.)$` } } });
  columns.forEach((column, n) => {
    panel.withTarget(target(column, refId(n), true).format(prometheus.PromQueryFormat.Table));
    panel.overrideByName(`Value #${refId(n)}`, [
      { id: 'displayName', value: column.title }, { id: 'unit', value: column.unit }, { id: 'decimals', value: column.decimals ?? 0 },
      ...(column.colours ? coloured(column.colours) : [])]);
  });
  panel.overrideByName(by, [
    { id: 'displayName', value: by.replace('_name', '') },
    ...(link ? [{ id: 'links', value: [{ title: 'Open dashboard', url: link }] }] : [])]);
  panel.sortBy([new common.TableSortByFieldStateBuilder().displayName(columns[0].title).desc(true)]);
  return panel;
};

/** A PostgreSQL query; the SDK has no builder for this data source. */
export class PostgresQuery implements cog.Builder<cog.Dataquery> {
  constructor(private readonly rawSql: string) {}
  build(): cog.Dataquery {
    return { refId: 'A', datasource: postgresSource, format: 'table', rawQuery: true, editorMode: 'code', rawSql: this.rawSql } as unknown as cog.Dataquery;
  }
}
export const postgresSource = { type: 'grafana-postgresql-datasource', uid: '${postgres}' };

export type AnyPanel = cog.Builder<dashboard.Panel>;

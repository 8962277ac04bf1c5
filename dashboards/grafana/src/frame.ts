// The common frame of the dashboards: variables, links to the others, time.
import * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { AnyPanel, prometheusSource } from './panels';

export const titles = {
  'releasehealth': 'Release health',
  'releasehealth-service': 'Release health: service',
  'releasehealth-months': 'Release health: monthly trends',
  'releasehealth-daemon': 'releasehealthd itself',
} as const;
export type Uid = keyof typeof titles;

const source = new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');

const asked = (name: string, label: string, query: string) =>
  new dashboard.QueryVariableBuilder(name)
    .label(label).datasource(prometheusSource).query({ query, refId: name })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged).sort(dashboard.VariableSort.AlphabeticalAsc);

const several = (name: string, label: string, query: string, pattern: string | null = '.*') => {
  const variable = asked(name, label, query).multi(true).includeAll(true).current({ text: 'All', value: '$__all' });
  return pattern === null ? variable : variable.allValue(pattern);
};

const ofServices = 'label_values(releasehealth_deployments{job=~"$job",team_name=~"$team"}, service_name)';
const ofEnvironments = 'label_values(releasehealth_changes{job=~"$job",service_name=~"$service"}, deployment_environment)';

export const variables = {
  job: several('job', 'Job', 'label_values(releasehealth_build_info, job)', '.+'),
  instance: several('instance', 'Instance', 'label_values(releasehealth_build_info{job=~"$job"}, instance)', '.+'),
  team: several('team', 'Team', 'label_values(releasehealth_team_deployments{job=~"$job"}, team_name)'),
  service: several('service', 'Service', ofServices),
  oneService: asked('service', 'Service', ofServices),
  environment: several('environment', 'Environment', ofEnvironments),
  // SQL has no pattern for all values, so that they are listed one by one
  eachService: several('service', 'Service', ofServices, null),
  eachEnvironment: several('environment', 'Environment', ofEnvironments, null),
  // the configured [figures] periods
  period: asked('period', 'Period', 'label_values(releasehealth_changes{job=~"$job"}, period)').current({ text: '30d', value: '30d' }),
};

export function frame(uid: Uid, description: string, chosen: cog.Builder<dashboard.VariableModel>[], panels: AnyPanel[]) {
  const made = new dashboard.DashboardBuilder(titles[uid])
    .uid(uid).description(description).tags(['releasehealth']).readonly().timezone('browser').refresh('1m')
    .time({ from: 'now-30d', to: 'now' }).tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(source);
  for (const variable of [variables.job, variables.instance, ...chosen]) made.withVariable(variable);
  made.link(new dashboard.DashboardLinkBuilder('Release health').type(dashboard.DashboardLinkType.Dashboards).tags(['releasehealth']).includeVars(true).keepTime(true));
  for (const panel of panels) made.withPanel(panel);
  return made;
}

// What the panels ask, in PromQL. Replicas export the same, so that each question takes the greatest of them; ratios of several
// services are sums over sums, never means of ratios.

const replica = 'job=~"$job",instance=~"$instance"';
const chosen = `${replica},team_name=~"$team",service_name=~"$service",deployment_environment=~"$environment"`;

const selector = (metric: string, matchers: string, labels: string) => `${metric}{${matchers}${labels ? ',' + labels : ''}}`;

/** A figure of the chosen services: releasehealth_… without the prefix. */
export const figure = (name: string, labels = '') => `max without (instance) (${selector('releasehealth_' + name, chosen, labels)})`;

/** A figure of the chosen teams. */
export const teamFigure = (name: string, labels = '') =>
  `max without (instance) (${selector('releasehealth_team_' + name, `${replica},team_name=~"$team"`, labels)})`;

/** A metric of the daemon about itself. */
export const own = (name: string, labels = '') => selector(name, replica, labels);

/** The limit of a figure, as one series for each service. */
export const limit = (name: string, period = '') => figure('threshold', `figure="${name}"` + (period && `,period="${period}"`));

/** Over all services together; nothing where there is nothing to divide by. */
export const ratio = (part: string, whole: string) => `sum(${part}) / (sum(${whole}) > 0)`;

/** How many services are beyond their limit; 0 where none is. */
export const beyond = (value: string, name: string, period: string) =>
  `count(sum without (kind) (${value}) > on (service_name, deployment_environment) group_left () max by (service_name, deployment_environment) (${limit(name, period)})) or vector(0)`;

/** Seconds since a timestamp. */
export const since = (timestamp: string) => `time() - ${timestamp}`;

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

/** The threshold of a figure over a period, as one series for each service. */
export const threshold = (name: string, period: string) => figure('threshold', `figure="${name}",period="${period}"`);

/** What the daemon judged of the chosen services: 1 exceeded, 0 within, nothing where it is not judged. */
export const exceeded = (labels = '') => figure('threshold_exceeded', labels);

/** How many thresholds are exceeded, of the chosen services and of their teams; nothing where none is judged. */
export const countExceeded =
  `sum(${exceeded()} or (${teamFigure('threshold_exceeded')} and on (team_name) ${figure('threshold')}))`;

/** A threshold that all chosen have in common: several different ones are no line in one chart. */
export const common = (thresholds: string) => `max(${thresholds}) == min(${thresholds})`;

/** Over all services together; nothing where there is nothing to divide by. */
export const ratio = (part: string, whole: string) => `sum(${part}) / (sum(${whole}) > 0)`;

/** Seconds since a timestamp. */
export const since = (timestamp: string) => `time() - ${timestamp}`;

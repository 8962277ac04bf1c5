// The panels' PromQL queries. Replicas export equal values, so that each query takes their maximum; ratios of several services
// are sums over sums, never means of ratios.

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

/** The daemon's judgement for the chosen services: 1 exceeded, 0 within, no sample when not judged. */
export const exceeded = (labels = '') => figure('threshold_exceeded', labels);

/** The number of exceeded thresholds of the chosen services and their teams; empty if none is judged. */
export const countExceeded =
  `sum(${exceeded()} or (${teamFigure('threshold_exceeded')} and on (team_name) ${figure('threshold')}))`;

/** The threshold if all chosen services have the same one, else empty: a chart shows a single line. */
export const common = (thresholds: string) => `max(${thresholds}) == min(${thresholds})`;

/** A ratio over all services together; empty if the denominator is 0. */
export const ratio = (part: string, whole: string) => `sum(${part}) / (sum(${whole}) > 0)`;

/** Seconds since a timestamp. */
export const since = (timestamp: string) => `time() - ${timestamp}`;

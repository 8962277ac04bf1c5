"""API servers of the tools that `sync` reads: documented answers, pages, limits and failures, on loopback."""
from apis.alertmanager import Alertmanager, Grafana
from apis.argocd import ArgoCD
from apis.azure_devops import AzureDevOps
from apis.bitbucket import Bitbucket
from apis.firehydrant import FireHydrant
from apis.github import GitHub
from apis.gitlab import GitLab
from apis.incidentio import IncidentIo
from apis.jenkins import Jenkins
from apis.jira import Jira
from apis.opsgenie import OpsGenie
from apis.pagerduty import PagerDuty
from apis.rootly import Rootly
from apis.runs import SEED, become, complete, configuration, connector, counted, deployments, derived, events, incidents, iso, post, proof, read_twice, sync, told_alike
from apis.sentry import Sentry
from apis.server import Api, Proxy, Reply
from apis.servicenow import ServiceNow

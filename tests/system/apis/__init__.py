"""API servers of the tools that `sync` reads: documented answers, pages, limits and failures, on loopback."""
from apis.alertmanager import Alertmanager, Grafana
from apis.argocd import ArgoCD
from apis.azure_devops import AzureDevOps
from apis.bitbucket import Bitbucket
from apis.github import GitHub
from apis.gitlab import GitLab
from apis.incident_tools import FireHydrant, IncidentIo, Opsgenie, PagerDuty, Rootly
from apis.jenkins import Jenkins
from apis.jira import Jira
from apis.runs import SEED, Sources, configuration, counted, derived, events, iso
from apis.sentry import Sentry
from apis.server import Api, Proxy, Reply
from apis.servicenow import ServiceNow

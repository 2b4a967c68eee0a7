{{- define "authdiff.labels" -}}
{{ include "authdiff.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "authdiff.selector" -}}
app.kubernetes.io/name: authdiff
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "authdiff.name" -}}
{{- if contains "authdiff" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-authdiff" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

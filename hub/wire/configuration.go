package wire

import "encoding/json"

// Configuration is a configuration of automatic device management (protocol 2.9).
type Configuration struct {
	ID                 string                `json:"id"`
	SchemaVersion      string                `json:"schemaVersion,omitempty"`
	Labels             map[string]string     `json:"labels,omitempty"`
	Content            *ConfigurationContent `json:"content,omitempty"`
	TargetCondition    string                `json:"targetCondition"`
	CreatedTimeUTC     *Time                 `json:"createdTimeUtc,omitempty"`
	LastUpdatedTimeUTC *Time                 `json:"lastUpdatedTimeUtc,omitempty"`
	Priority           int                   `json:"priority"`
	SystemMetrics      *ConfigurationMetrics `json:"systemMetrics,omitempty"`
	Metrics            *ConfigurationMetrics `json:"metrics,omitempty"`
	ETag               string                `json:"etag,omitempty"`
}

// ConfigurationContent is what a configuration sets. Devices and modules have
// members named by a path, "properties.desired.a.b"; ModulesContent has those by
// module id, for IoT Edge.
type ConfigurationContent struct {
	DeviceContent  map[string]json.RawMessage            `json:"deviceContent,omitempty"`
	ModuleContent  map[string]json.RawMessage            `json:"moduleContent,omitempty"`
	ModulesContent map[string]map[string]json.RawMessage `json:"modulesContent,omitempty"`
}

// ConfigurationMetrics are counts with the queries that they come from, by name.
type ConfigurationMetrics struct {
	Results map[string]int64  `json:"results"`
	Queries map[string]string `json:"queries"`
}

// ConfigurationQueries are texts to be tried (POST /configurations/testQueries).
type ConfigurationQueries struct {
	TargetCondition     string            `json:"targetCondition"`
	CustomMetricQueries map[string]string `json:"customMetricQueries"`
}

// ConfigurationQueryErrors say what is wrong with them; empty is nothing.
type ConfigurationQueryErrors struct {
	TargetConditionError    string            `json:"targetConditionError"`
	CustomMetricQueryErrors map[string]string `json:"customMetricQueryErrors"`
}

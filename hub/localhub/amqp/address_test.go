package amqp

import "testing"

// Protocol 0, fact 15.
func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"$cbs": "$cbs", "/$cbs": "$cbs", "$CBS": "$cbs",
		"$management":                                         "$management",
		"myhub/$management":                                   "*/$management",
		"messages/events":                                     "messages/events/**",
		"messages/events/":                                    "messages/events/**",
		"/Messages/Events/$management":                        "messages/events/**",
		"amqps://h/messages/events/x/y":                       "messages/events/**",
		"amqps://h:5671/messages/events":                      "messages/events/**",
		"myhub/ConsumerGroups/g/Partitions/0":                 "*/ConsumerGroups/*/Partitions/*",
		"/MYHUB/consumergroups/g/partitions/":                 "",
		"/MYHUB/consumergroups/g/partitions/0":                "*/ConsumerGroups/*/Partitions/*",
		"amqp://h/myhub/ConsumerGroups/$Default/Partitions/3": "*/ConsumerGroups/*/Partitions/*",
		"myhub": "*", "myhub/Partitions/1": "*/Partitions/*",
		"": "", "/": "", "amqps://host": "", "amqps://host/": "",
		"messages/devicebound/x": "", "a/b/c": "",
	} {
		got := ""
		for _, r := range newRouter(&Server{}) {
			if parseAddress(text).matches(r.pattern) {
				got = r.pattern
				break
			}
		}
		if got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

// Package fault makes a local hub fail on demand, and keeps it within the limits
// of a tier, so that people can see what their devices and services do then.
//
// A rule has a kind, a scope, a rate and an end. On the command line:
//
//	hubscope hub --fault "kind=throttle,device=wind-*,protocol=mqtt,rate=0.1,for=30s"
//
// Over HTTPS, with a token of policy iothubowner; PUT replaces all rules, POST
// adds some, DELETE takes them all away, or with ?id=3 that one. GET, PUT and POST
// answer with the rules that there are, each with its id and how often it has
// struck:
//
//	PUT /$hubscope/faults
//	{"rules":[{"kind":"latency","operation":"twin-read","delay":"300ms","every":5,"count":10}]}
//
// The members of a rule, which are also the words of the flag:
//
//	kind        throttle    429001 with Retry-After; MQTT telemetry closes the connection, an
//	                        AMQP link gets the condition of the code, and an event reader
//	                        com.microsoft:server-busy
//	            quota       403002
//	            latency     the operation waits for delay; on MQTT and AMQP so does what comes
//	                        after it on the connection
//	            drop        the device's connection is closed: those that are there when the rule
//	                        is made, and those that the scope meets later. With the operation
//	                        events it is that of readers of events, which it spares otherwise
//	            refuse      connections are refused: with a device, after it has said who it is;
//	                        without, the moment they come. REST requests get 503001
//	            cut         the next write of the connection ends in its middle, and the
//	                        connection with it
//	            expire      tokens end early: sessions last no longer than after; REST
//	                        requests get 401003
//	device      a pattern with * and ? for the device; what is about no device does not match
//	protocol    rest (services over HTTPS), https (devices over HTTPS), mqtt, amqp, ws (either
//	            over a WebSocket)
//	operation   connect, telemetry, twin-read, twin-update, method, c2d, c2d-receive, registry,
//	            query, upload, jobs, configurations, events, other
//	rate        how likely it strikes, from 0 to 1
//	every       it strikes every n-th time instead
//	for, count  it ends after a time, or after having struck so often
//	delay       of latency; default 1s, at most 5m
//	after       of expire; default 10s
//	retryAfter  of throttle; default 1s
//
// What a scheduled job does to a device is a twin-update or a method of no
// protocol: a rule with a protocol leaves jobs alone, and they have no connection
// that could be dropped or cut. Limits of a tier slow them down; creating and
// reading them is a service's operation jobs.
//
// The first rule that strikes and is not a latency or a cut decides. Rules are
// not kept when the hub ends, and neither is what counts against a daily quota.
package fault

// Package query is the IoT Hub query language (protocol 3).
//
// [Parse] turns a text into a [Query] or says where it is wrong; an [Engine]
// runs queries over the rows of its [Sources], a page at a time. A [Condition] is
// the part after WHERE alone, as scheduled jobs and configurations use it.
//
// The language knows no hub: rows come through the interface [Source] and give
// up their members only when a query asks for them. What no source settles of
// the service's behaviour is decided in semantics.go, and nowhere else.
package query

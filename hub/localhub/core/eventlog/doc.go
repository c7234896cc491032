// Package eventlog is the built-in endpoint's store of events: partitions of
// ever-growing sequence, written in blocks, one block a commit and partition,
// and read by any number of readers from the place they ask for.
//
// What is appended is durable before its done is called. The newest events are
// also kept in memory, bounded by bytes, so that readers that keep up never
// touch the file. The file holds an event exactly as a reader gets it: encoded
// AMQP message sections, ready to be framed.
package eventlog

// Package history keeps the events of the monitor: as few bytes each as can be, bounded in number and in memory, with
// those that a filter shows beside all that are there.
package history

// Package monitor is the page of device-to-cloud events: the Monitor tab, and the event pane under the Devices tab.
// They are one [Page] in two sizes, so that what is followed, filtered and paused in one is so in the other.
//
//	receivers -> stream.Buffer -> one message a frame -> stream.Ring -> the rows that can be seen
//
// The stream runs for as long as the page is open, seen or not. Filters hide events and never drop them; pausing
// holds the view still and not the stream.
package monitor

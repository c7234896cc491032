// Package query is what people need to write texts of the IoT Hub query language
// (protocol 3): a line to type them into with completion, history and mistakes shown
// in their place, a file that keeps favourites, and a table for answers that are
// not devices. It knows no page and no hub.
//
// What the service accepts is more than any document tells, so [Parse] refuses only
// what cannot be meant otherwise; the rest is a doubt, which is said and not refused.
package query

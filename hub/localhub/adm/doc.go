// Package adm is the automatic device management of the local hub:
// configurations whose target condition picks devices or modules, and whose
// content is written to their desired properties (protocol 2.9).
//
// Configurations are in the store. After every change, and now and then, all are
// applied again: what a twin lacks is written, and nothing when it lacks nothing.
// Where several want the same property the higher priority wins, then the newer
// one. What a configuration has written stays when it goes.
//
// For IoT Edge, modulesContent is written to the modules that there are. Modules
// that a deployment no longer names are left as they are.
package adm

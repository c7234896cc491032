// Package adm is the automatic device management of the local hub:
// configurations whose target condition picks devices or modules, and whose
// content is written to their desired properties (protocol 2.9).
//
// Configurations are in the store. A change of a twin marks it, in the same commit;
// a change of a configuration marks the twins that it concerns. The worker goes
// through the marks: what a twin lacks is written, and nothing when it lacks
// nothing. Without a change nothing is done, however many twins there are. Where
// several want the same property the higher priority wins, then the newer one.
// What a configuration has written stays when it goes, until the next one in line
// writes its own.
//
// For IoT Edge, modulesContent is written to the modules that there are, and the
// twin of $edgeAgent says which deployments target the device. Modules that a
// deployment no longer names are left as they are.
package adm

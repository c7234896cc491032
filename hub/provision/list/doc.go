// Package list reads lists of device identities to be made from files: CSV with a header, and JSON lines, each of them a
// document of IoT Hub's own bulk import (protocol 2.4). It reads one entry after the other and holds no file.
//
// The columns of CSV are deviceId, authentication (sas, selfSigned, certificateAuthority or none), primaryKey, secondaryKey,
// primaryThumbprint, secondaryThumbprint, status (enabled or disabled), statusReason, iotEdge (true or false), deviceScope, and
// tags with a name each: tags.site, tags.location.floor. Only deviceId has to be there; their order and case do not
// matter, and commas, semicolons or tabs may stand between them. A tag that is written as a number, true, false, or as
// JSON in brackets or double quotes is that, and any other a text; where nothing is written there is no tag.
package list

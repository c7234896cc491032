package monitor

// OwnCommand is for the test that has the command itself read the line.
var OwnCommand = ownCommand

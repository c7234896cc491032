package events

// A reason tells errors of one kind apart, for people.
type reason uint8

const (
	anyReason reason = iota
	badSignature
	tokenEnded
	noRight
	noSuchPolicy
	noSuchHost
	noNameServer
	refusedPort
	noRoute
	noAnswer
	noTLS
	hungUp
	unknownAuthority
	selfSigned
	otherHost
	outOfDate
	proxyRefuses
	proxyUnreachable
	noWebSocket
	takenOver
)

type words struct{ sentence, next string }

// words are those of the reason, else those of the kind.
func (e *Error) words() words {
	if what, ok := reasons[e.reason]; ok {
		return what
	}
	return kinds[e.Kind]
}

const caHint = "a local hub prints the path of its CA file, for HUBSCOPE_CA_FILE; if the network replaces certificates, put its authority there"

// kinds has one %s in each sentence: the subject.
var kinds = map[error]words{
	ErrUnauthorized:     {"%s refused the key", "check policy name and key: the policy needs the service connect right (iothubowner and service have it)"},
	ErrNotIoTHub:        {"%s does not answer like an IoT Hub", "check HostName; for an Event Hubs-compatible endpoint use its own connection string (Endpoint=sb://…)"},
	ErrHubNotFound:      {"there is no event hub %s on this endpoint", "check EntityPath in the connection string"},
	ErrDisabled:         {"the event hub of %s is disabled", "enable it, or look at the subscription in the portal"},
	ErrConsumerGroup:    {"there is no consumer group %s", "create it in the hub (Built-in endpoints), or use $Default"},
	ErrPartition:        {"there is no partition %s", "ask for partitions that the hub has, or for all"},
	ErrStolen:           {"another reader with an epoch owns partition %s in this consumer group", "choose another consumer group, or stop the other reader"},
	ErrTooManyReceivers: {"partition %s has five readers in this consumer group, which is the limit", "choose another consumer group, or stop one of the other readers"},
	ErrPosition:         {"partition %s cannot be read from there", "start from the beginning or from now"},
	ErrUntrusted:        {"the certificate of %s is not trusted", caHint},
	ErrUnreachable:      {"%s cannot be reached", "check the host name, the network, and that port 5671 is open"},
	ErrConnectionLost:   {"the connection to %s was lost", "wait: it is tried again"},
	ErrDetached:         {"the hub ended the receiver of partition %s, as it does after a long silence", "wait: it is attached again"},
	ErrTimeout:          {"%s does not answer", "wait: it is tried again; check the network if it lasts"},
	ErrBusy:             {"%s is throttled", "wait: it is tried again; fewer readers or more units help"},
	ErrQuota:            {"a quota of %s is used up", "wait until midnight UTC, or add units to the hub"},
}

var reasons = map[reason]words{
	badSignature:     {"%s refused the key: it is not one of the policy's", "copy SharedAccessKey again; the key may have been made anew"},
	tokenEnded:       {"%s refused the token: its time is over", "check this machine's clock; a ready-made token must be made anew"},
	noRight:          {"%s refused the policy: it has no right to read events", "use a policy with the service connect right: iothubowner and service have it"},
	noSuchPolicy:     {"%s knows no such policy", "check SharedAccessKeyName in the connection string"},
	noSuchHost:       {"there is no host named %s", "check HostName in the connection string"},
	noNameServer:     {"the name server does not answer when asked for %s", "check the network connection"},
	refusedPort:      {"nothing listens at %s", "see whether the hub runs, and whether a firewall refuses the port"},
	noRoute:          {"there is no route to %s", "check the network connection, VPN and firewall"},
	noAnswer:         {"%s does not answer", "check the network; firewalls often let port 5671 not pass"},
	noTLS:            {"what answers at %s does not speak TLS", "check the port, and whether a proxy stands in between"},
	hungUp:           {"%s takes the connection and ends it at once", "wait: it is tried again; a firewall or a proxy may stand in between"},
	unknownAuthority: {"the certificate of %s is signed by an authority that is not trusted here", caHint},
	selfSigned:       {"the certificate of %s is signed by itself", caHint},
	otherHost:        {"the certificate that answers for %s is another host's", "check HostName in the connection string; a local hub takes more names with --name"},
	outOfDate:        {"the certificate of %s is out of date", "check this machine's clock"},
	proxyRefuses:     {"the proxy does not let the connection to %s pass", "look at HTTPS_PROXY and NO_PROXY, and what the proxy asks for"},
	proxyUnreachable: {"the proxy on the way to %s cannot be reached", "look at HTTPS_PROXY and NO_PROXY"},
	noWebSocket:      {"%s does not take WebSockets on port 443", "check HostName in the connection string, and whether a proxy stands in between"},
	takenOver:        {"another reader with a higher epoch took partition %s", "choose another consumer group, or stop the other reader"},
}

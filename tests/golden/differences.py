"""Where our client differs from http.client: the rows, which docs/client.md lists with their reasons.

A row allows one aspect of an entry to be another than http.client's: "wire" (octets sent), "result" (what calls give, and
their errors), "state" (what the connection and the response say of themselves), "debug" (what debuglevel writes out).

Its predicate on the entry is its departure: the place in the model (client.py and what it imports) where calls, or the
octets of the server, lead elsewhere than in http.client. Of the call where that is, and as the scope says of later ones, the
aspect has to be what the model says, to the octet; all other aspects, and all other calls, have to be http.client's. One departure is no place in the model: where a
row changes the wire, "sent-otherwise" follows for what debuglevel shows of it. `number` is a row of HTTPCLIENT.md, section
12, or None where that has none.
"""
from collections import namedtuple

Row = namedtuple("Row", "departure number aspect want scope")
CALL, LATER, ON = "call", "later", "on"  # which results: of that call alone, of those behind it, of both
ASPECTS = ("wire", "result", "state", "debug")
STATE = ("state", "sock_open", "resp_pending", "isclosed")  # the members of a call's outcome that are of that aspect


def rows_of(departure, number, scope=ON, **wants):
    return [Row(departure, number, aspect, want, scope if aspect == "result" else ON) for aspect, want in wants.items()]


ROWS = (
    # What is refused before it is sent.
    rows_of("refused-drops", 2, LATER, state="Idle, and no socket is opened", result="the next request is taken", wire="the next request is sent")
    + rows_of("close-clears", 1, wire="the next head begins anew")
    + rows_of("method", 37, CALL, result="InvalidMethod: a method is a token", wire="nothing is sent")
    + rows_of("not-ascii", None, CALL, result="InvalidMethod, InvalidURL or InvalidHeader")
    + rows_of("field-name-given", None, CALL, result="InvalidHeader: a field name is a token", wire="nothing is sent")
    + rows_of("field-value-given", None, CALL, result="InvalidHeader: no controls, and no folds", wire="nothing is sent")
    + rows_of("host-twice", None, CALL, result="InvalidHeader", wire="nothing is sent")
    + rows_of("framing-given", None, CALL, result="InvalidHeader, or InvalidBody towards HTTP/1.0", wire="nothing is sent")
    + rows_of("body-given", None, CALL, result="InvalidBody: a body is framed, and as long as declared", wire="nothing is sent")
    + rows_of("body-broke", None, result="BodyMismatch", state="Idle and closed", wire="no octet more than declared, and no end", debug="no answer is waited for")
    + rows_of("read-as-declared", None, wire="as many octets of a file or reader as were declared")
    + rows_of("send-unframed", None, result="CannotSendBody", state="no socket is opened", wire="nothing is sent")
    + rows_of("tunnel-given", 22, result="InvalidURL or InvalidHeader by set_tunnel()", wire="nothing is sent", state="no socket is opened")
    + rows_of("set-up-begun", None, result="CannotSetUp: a request is begun", wire="as it was set up before", state="the same")
    + rows_of("host-given", None, CALL, result="InvalidURL: a name in ASCII or an address, a port from 1 to 65535 in digits")
    + rows_of("host-ipv6", 23, CALL, result="an address without brackets has no port in it")
    # What is sent.
    + rows_of("values-joined", None, wire="joined by comma and SP, in one line")
    + rows_of("no-body-ends", 33, wire="the last chunk is sent")
    + rows_of("userinfo", 36, wire="Host without userinfo")
    + rows_of("target-authority", None, CALL, wire="Host is the authority of an http or https target, whole", result="InvalidURL where that is none")
    + rows_of("coding-undeclared", None, wire="what the fields declare")
    + rows_of("continue-awaited", 28, wire="no body behind another answer", result="will_close", state="no socket")
    + rows_of("send-failed", 28, result="no error; getresponse() has the answer, or the error")
    + rows_of("tunnel-ipv6", 23, wire="brackets in CONNECT's Host too")
    # The connection.
    + rows_of("connect-twice", None, LATER, state="the first is closed", result="what was asked there is lost", wire="nothing more by the first")
    + rows_of("connect-failed", 26, LATER, state="Idle and closed", result="the next request is taken; nothing can be got", wire="the next request is sent")
    + rows_of("tunnel-2xx", 25, result="the tunnel is open", state="connected", wire="the request is sent")
    + rows_of("tunnel-interim", 25, result="the answer behind it counts", state="connected, if that is 2xx", wire="the request is sent, if that is 2xx")
    + rows_of("tunnel-early-octets", 25, result="they are the tunnel's first", state="as those say")
    + rows_of("tunnel-reply-shown", 27, debug="CONNECT's status line is shown")
    + rows_of("stale", 38, wire="the request goes by a new connection", result="that one's answer", state="connected")
    # The head of a response.
    + rows_of("head-error-ends", 26, LATER, state="Idle and closed", result="the next request is taken", wire="the next request is sent", debug="no fields of a response that is refused")
    + rows_of("head-cut", 14, CALL, result="IncompleteRead", wire="no request through a tunnel that is not open")
    + rows_of("status-line", None, CALL, result="BadStatusLine or UnknownProtocol")
    + rows_of("interim", 15, result="skipped, and kept as interim", state="as the final response says", debug="as of 100 (Continue)")
    + rows_of("interim-count", 16, CALL, result="TooManyInterims at the 100th")
    + rows_of("switch-unasked", 15, CALL, result="UnaskedSwitch")
    + rows_of("switched", None, CALL, result="will_close: what follows is not HTTP", state="no socket")
    + rows_of("field-line", 12, CALL, result="BadHeader")
    + rows_of("bare-cr", 13, CALL, result="BadHeader")
    + rows_of("field-control", None, CALL, result="BadHeader")
    + rows_of("field-count", 17, result="100 field lines pass", state="as the response says")
    + rows_of("obs-fold", None, result="SP in the place of each octet of a fold", debug="the same")
    + rows_of("trailing-blanks", None, result="no part of the value", debug="the same")
    # What it says of its framing.
    + rows_of("length-syntax", 7, CALL, result="BadFraming")
    + rows_of("length-list", 9, result="that length, if all are equal; else BadFraming", state="as the length says")
    + rows_of("length-and-coding", 11, result="will_close", state="no socket", wire="the next request goes by a new connection")
    + rows_of("coding-list", 10, result="chunked, as the list says; else UnknownTransferEncoding or BadFraming", state="as the framing says")
    + rows_of("coding-in-1-0", None, result="will_close", state="no socket", wire="the next request goes by a new connection")
    + rows_of("coded-without-body", 31, result="no content", state="closed at once", wire="the next request goes by a new connection")
    + rows_of("connect-answered", None, result="no content, and will_close: a tunnel", state="closed at once", wire="the next request goes by a new connection")
    + rows_of("connection-options", 30, result="will_close by tokens of all lines", state="as will_close says", wire="the next request goes as will_close says")
    + rows_of("close-asked", None, result="will_close", state="no socket", wire="the next request goes by a new connection")
    # The content of a response.
    + rows_of("empty-closed", 21, LATER, state="closed at once", result="the next response can be got", wire="and so the request behind it is sent")
    + rows_of("length-cut", 3, CALL, result="IncompleteRead by every call, with what it read and what is missing")
    + rows_of("tls-cut", None, CALL, result="IncompleteRead: TLS has to say that it ends")
    + rows_of("chunk-cut", 4, CALL, result="IncompleteRead with what the call read, and what the chunk still wants")
    + rows_of("line-cut", 5, CALL, result="an error with the part of the line")
    + rows_of("line-limit", None, result="no octet more than the limit")
    + rows_of("last-chunk-cut", 6, CALL, result="IncompleteRead with what the call read")
    + rows_of("chunk-line", 7, CALL, result="BadChunk")
    + rows_of("chunk-overhead", None, CALL, result="BadChunk, where extensions outgrow the content by more than 16384 octets")
    + rows_of("chunk-end", 8, CALL, result="BadChunk")
    + rows_of("trailer-line", 12, CALL, result="BadHeader or BadChunk")
    + rows_of("trailer-count", 16, CALL, result="TooManyHeaders at the 101st")
    + rows_of("peek-clipped", 32, CALL, result="nothing past the content")
    + rows_of("error-ends", 39, LATER, state="closed, and no socket", wire="the next request goes by a new connection", result="that one's answer")
    + rows_of("error-stays", 39, CALL, result="the same error, with nothing read")
    + rows_of("nothing-asked", None, CALL, state="nothing is looked at", result="nothing, and no error")
    + rows_of("end-seen", None, state="closed by the call that meets the end")
    + rows_of("closed-unread", None, LATER, state="no socket", wire="the next request goes by a new connection", result="that one's answer")
    + rows_of("surplus", 40, LATER, state="no socket", wire="the next request goes by a new connection", result="that one's answer")
    + rows_of("url-known", 34, CALL, result="the URI")
    # What debuglevel shows.
    + rows_of("sent-otherwise", None, debug="what is sent, and what is answered to that")
    + rows_of("body-named", None, debug="<file>, <reader> or <stream>, and no encoding")
)


def row_id(row):
    return f"{row.departure}/{row.aspect}"


DEPARTURES = {row.departure for row in ROWS}

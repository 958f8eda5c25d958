package AssayDriver;

# What drivers in Perl share: the protocol's lines, octets, contents and outcomes (see ../README.md).
#
#   AssayDriver::run(client => ..., version => ..., engine => ..., can => [...], errors => [...], session => CLASS)
#
# CLASS->new($begin)            makes the client anew; $begin->{deadline} is seconds, $begin->{ca} the path of the
#                               certificates to trust (undef: nobody speaks TLS)
# $session->play($ask, $out)    performs one exchange; dies with the client's error
# $session->close               closes all connections
#
# All texts are octets. `errors` is a list of [qr/the client's own message/, word]; the first that fits counts.

use strict;
use warnings;
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);

use constant {
    WHOLE_MAX   => 1 << 20,    # a longer content is told by its length, its first and its last octets
    END_SIZE    => 1 << 16,
    CONTENT_MAX => 1 << 28,    # a longer one is built for no client
};

my $json = JSON::PP->new->utf8;

# What the client cannot do, though its `can` says so.
sub unsupported {
    my ($why) = @_;
    die bless { why => $why }, 'AssayDriver::Unsupported';
}

sub junk {
    my ($why) = @_;
    die bless { why => $why }, 'AssayDriver::Junk';
}

sub octets {
    my ($value) = @_;
    return $value if defined $value && !ref $value;
    junk('want a string of octets') unless ref $value eq 'HASH' && defined $value->{b64};
    return decode_base64($value->{b64});
}

sub shown {
    my ($octets) = @_;
    return '{"b64":"' . encode_base64($octets, '') . '"}' if $octets =~ /[^\x20-\x7e]/;
    return '"' . ($octets =~ s/(["\\])/\\$1/gr) . '"';
}

sub shown_fields {
    my ($fields) = @_;
    return '[' . join(',', map { '[' . shown($_->[0]) . ',' . shown($_->[1]) . ']' } @$fields) . ']';
}

sub say_line {
    print STDOUT @_, "\n";
}

# The next message; undef at the end of input.
sub read_line {
    my $line = <STDIN>;
    return undef unless defined $line;
    my $message = eval { $json->decode($line) };
    return $message if ref $message eq 'HASH' && ($message->{id} // '') =~ /\A\d+\z/;
    junk('want a message of the protocol, got ' . shown(substr $line, 0, 200));
}

sub run {
    my %driver = @_;
    binmode $_ for *STDIN, *STDOUT;
    STDOUT->autoflush(1);
    my ($client, $version, $engine) = map { shown($driver{$_}) } qw(client version engine);
    my $can = join ',', map { shown($_) } @{ $driver{can} };
    say_line(qq({"assay":1,"client":$client,"version":$version,"engine":$engine,"can":[$can]}));
    my $loop = { %driver, can => { map { $_ => 1 } @{ $driver{can} } } };
    return if eval { while (my $message = read_line()) { take($loop, $message) } 1 };
    my $error = $@;
    print STDERR "driver of $driver{client}: ", (ref $error ? $error->{why} : $error), "\n";
    exit 1;
}

sub take {
    my ($loop, $message) = @_;
    if ($message->{begin} && !$loop->{on}) {
        my $begin = $message->{begin};
        $loop->{id} = $message->{id};
        $loop->{heads} = $begin->{heads};
        $loop->{begin} = {
            (map { $_ => $begin->{$_} } qw(origin proxy ca)), deadline => ($begin->{deadline_ms} // 5000) / 1000 };
        $loop->{on} = $loop->{session}->new($loop->{begin});
    }
    elsif (!$loop->{on} || $message->{id} != $loop->{id}) {
        junk('no such session: ' . $json->encode($message));
    }
    elsif ($message->{do}) {
        play($loop, $message);
    }
    elsif ($message->{end}) {
        $loop->{on}->close;
        $loop->{on} = undef;
        say_line(qq({"id":$loop->{id},"ended":true}));
    }
    else {
        junk('not a message of the protocol: ' . $json->encode($message));
    }
}

sub play {
    my ($loop, $message) = @_;
    my $place = qq("id":$loop->{id},"step":$message->{step});
    my $outcome = AssayDriver::Outcome->new(sub { say_line(qq({$place,"event":"head"})) if $loop->{heads} });
    my $is_done = eval {
        my $ask = AssayDriver::Ask->new($message->{do}{request}, $loop->{begin}, hold_at($loop->{id}, $place));
        my @lacking = grep { !$loop->{can}{$_} } $ask->needs;
        unsupported(join ', ', @lacking) if @lacking;
        $loop->{on}->play($ask, $outcome);
        1;
    };
    my $error = $@;
    if (!$is_done && ref $error eq 'AssayDriver::Junk') {
        die $error;
    }
    elsif (!$is_done && ref $error eq 'AssayDriver::Unsupported') {
        say_line(qq({$place,"unsupported":) . shown($error->{why}) . '}');
    }
    else {
        my @members = $outcome->members;
        push @members, '"error":"' . word_of($loop->{errors}, "$error") . '"', '"text":' . shown_text("$error") unless $is_done;
        say_line(qq({$place,"outcome":{) . join(',', @members) . '}}');
    }
}

sub word_of {
    my ($errors, $text) = @_;
    $text =~ $_->[0] and return $_->[1] for @$errors;
    return 'other';
}

sub shown_text {
    my ($text) = @_;
    chomp $text;
    return shown($text =~ s/([^\x20-\x7e])/sprintf '\\x%02x', ord $1/ger);
}

# What a source calls to stand until it is freed.
sub hold_at {
    my ($id, $place) = @_;
    return sub {
        my ($name) = @_;
        say_line(qq({$place,"held":) . shown($name) . '}');
        my $message = read_line();
        junk("want \"$name\" to be freed") unless $message && $message->{id} == $id && ($message->{go} // '') eq $name;
    };
}

# What a step asks: {method}, {origin} (scheme and authority of its URL), {target}, {proxy} (undef, or {url}, {auth},
# {headers} for it alone, {tunnel}: CONNECT also where the URL is http), {headers} and {trailers} ([name, value]
# pairs), {expect_continue}, {timeout} (seconds), {bytes} (the content, where it is given whole), {has_stream},
# {length}; {read} is "all", "stream", "amounts" ({amounts}, a list) or "abandon" ({abandon}).
package AssayDriver::Ask;

sub new {
    my ($class, $request, $begin, $hold) = @_;
    AssayDriver::junk('a step without a request') unless ref $request eq 'HASH';
    my $body = $request->{body} || {};
    my $read = $request->{read} // 'all';
    my $self = bless {
        (map { $_ => AssayDriver::octets($request->{$_}) } qw(method target)),
        (map { $_ => fields($request->{$_}) } qw(headers trailers)),
        origin          => AssayDriver::octets($request->{origin} // $begin->{origin}),
        proxy           => $request->{proxy} && proxy($begin->{proxy}, $request->{proxy}),
        expect_continue => $request->{expect_continue},
        background      => $request->{background},
        bytes           => $body->{bytes} && built($body->{bytes}),
        file            => $body->{file},    # no driver's client takes one by itself
        has_stream      => !!$body->{stream},
        pieces          => $body->{stream} || [],
        length          => $body->{length},
        hold            => $hold,
        read            => ref $read eq 'ARRAY' ? 'amounts' : ref $read eq 'HASH' ? 'abandon' : $read,
        amounts         => $read,
        abandon         => ref $read eq 'HASH' ? $read->{abandon} : undef,
    }, $class;
    $self->{timeout} = $request->{timeout_ms} / 1000 if defined $request->{timeout_ms};
    return $self;
}

sub fields {
    my ($fields) = @_;
    return [map { [AssayDriver::octets($_->[0]), AssayDriver::octets($_->[1])] } @{ $fields || [] }];
}

sub proxy {
    my ($url, $proxy) = @_;
    my $auth = defined $proxy->{auth} ? AssayDriver::octets($proxy->{auth}) : undef;
    return {
        url => AssayDriver::octets($url), auth => $auth, headers => fields($proxy->{headers}), tunnel => $proxy->{tunnel} };
}

sub built {
    my ($parts) = @_;
    my $length = 0;
    my @parts = map { [AssayDriver::octets($_), $_->{times} // 1] } @$parts;
    $length += length($_->[0]) * $_->[1] for @parts;
    AssayDriver::unsupported('more than ' . AssayDriver::CONTENT_MAX . ' octets at once') if $length > AssayDriver::CONTENT_MAX;
    return join '', map { $_->[0] x $_->[1] } @parts;
}

# The next piece of the source; undef at its end.
sub next_piece {
    my ($self) = @_;
    while (defined(my $piece = shift @{ $self->{pieces} })) {
        return built($piece) if ref $piece eq 'ARRAY';
        die "the source breaks\n" unless defined $piece->{hold};
        $self->{hold}->($piece->{hold});
    }
    return undef;
}

sub has_empty_piece {
    my ($self) = @_;
    return scalar grep { ref $_ eq 'ARRAY' && built($_) eq '' } @{ $self->{pieces} };
}

# The words of `can` that it takes.
sub needs {
    my ($self) = @_;
    my @marks = grep { ref $_ eq 'HASH' } @{ $self->{pieces} };
    my $is_https = $self->{origin} =~ /^https:/;
    my $proxy = $self->{proxy};
    my $is_proxy_https = $proxy && $proxy->{url} =~ /^https:/;
    my @needs = (
        [$self->{method} !~ /\A(?:GET|HEAD|POST)\z/                  => 'method.any'],
        [scalar @{ $self->{headers} }                                => 'headers.any'],
        [defined $self->{bytes}                                      => 'body.bytes'],
        [$self->{has_stream} && !defined $self->{length}             => 'body.stream'],
        [$self->{has_stream} && defined $self->{length}              => 'body.stream.length'],
        [scalar(grep { defined $_->{hold} } @marks)                  => 'body.hold'],
        [scalar(grep { $_->{fail} } @marks)                          => 'body.fail'],
        [defined $self->{file}                                       => 'body.file'],
        [scalar @{ $self->{trailers} }                               => 'trailers.send'],
        [$self->{expect_continue}                                    => 'expect_continue'],
        [defined $self->{timeout}                                    => 'timeout'],
        [$self->{background}                                         => 'concurrent'],
        [$is_https || $is_proxy_https                                => 'tls'],
        [$proxy && !$is_https && !$proxy->{tunnel}                   => 'proxy.http'],
        [$proxy && $is_https                                         => 'proxy.tunnel'],
        [$proxy && !$is_https && $proxy->{tunnel}                    => 'proxy.tunnel.plain'],
        [$is_proxy_https                                             => 'proxy.tls'],
        [$proxy && defined $proxy->{auth}                            => 'proxy.auth'],
        [$proxy && scalar @{ $proxy->{headers} }                     => 'proxy.headers'],
        [$self->{read} eq 'stream'                                   => 'read.stream'],
        [$self->{read} eq 'amounts'                                  => 'read.amount'],
        [$self->{read} eq 'abandon'                                  => 'read.abandon'],
    );
    return map { $_->[0] ? $_->[1] : () } @needs;
}

# What the caller saw, told as it comes: head(status, reason, [[name, value], ...]), give(octets),
# interim(status, fields), trailers(fields).
package AssayDriver::Outcome;

sub new {
    my ($class, $on_head) = @_;
    return bless { content => '', tail => '', length => 0, interims => [], on_head => $on_head }, $class;
}

sub head {
    my ($self, $status, $reason, $headers) = @_;
    $self->{on_head}->() unless defined $self->{status};
    @$self{qw(status reason headers)} = ($status, $reason, $headers);
}

sub give {
    my ($self, $octets) = @_;
    $self->{length} += length $octets;
    $self->{content} .= substr $octets, 0, AssayDriver::WHOLE_MAX + 1 - length $self->{content};
    $self->{tail} = substr $self->{tail} . $octets, -AssayDriver::END_SIZE if $self->{length} > AssayDriver::END_SIZE;
    $self->{tail} = $self->{content} if $self->{length} <= AssayDriver::END_SIZE;
}

sub interim {
    my ($self, $status, $headers) = @_;
    push @{ $self->{interims} }, '{"status":' . $status . ',"headers":' . AssayDriver::shown_fields($headers) . '}';
}

sub trailers {
    my ($self, $trailers) = @_;
    $self->{trailers} = $trailers;
}

sub body {
    my ($self) = @_;
    return AssayDriver::shown($self->{content}) if $self->{length} <= AssayDriver::WHOLE_MAX;
    my @ends = (substr($self->{content}, 0, AssayDriver::END_SIZE), $self->{tail});
    my ($head, $tail) = map { AssayDriver::encode_base64($_, '') } @ends;
    return qq({"len":$self->{length},"head":{"b64":"$head"},"tail":{"b64":"$tail"}});
}

sub members {
    my ($self) = @_;
    my @members;
    push @members, '"interim":[' . join(',', @{ $self->{interims} }) . ']' if @{ $self->{interims} };
    push @members, '"status":' . (0 + $self->{status}), '"body":' . $self->body if defined $self->{status};
    push @members, '"reason":' . AssayDriver::shown($self->{reason}) if defined $self->{reason};
    push @members, "\"$_\":" . AssayDriver::shown_fields($self->{$_}) for grep { $self->{$_} } qw(headers trailers);
    return @members;
}

1;

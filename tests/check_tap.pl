#!/usr/bin/env perl
# Reads a TAP report by TAP::Parser, which is not ours: the plan holds, no line is unknown, each point
# that is not ok says why, no two have one name.
#
# usage: check_tap.pl FILE
#
# Each error is one line; exit status 1 when there is any. Perl 5.36 knows no version but 13 and those
# before; 14 is made to be read as that, so it gets its number.
use strict;
use warnings;
use TAP::Parser;

my ($file) = @ARGV;
open my $in, '<', $file or die "$file: $!\n";
my $text = do { local $/; <$in> };
my @errors;
$text =~ s/\ATAP version 14\n/TAP version 13\n/ or push @errors, 'it is not TAP version 14';

my $parser = TAP::Parser->new({tap => $text});
my (%seen, $unexplained);
while (my $result = $parser->next) {
    if ($result->is_yaml) {
        my $data = $result->data;
        push @errors, "no $_ in a YAML block" for grep { !defined $data->{$_} } qw(verdict title file line);
        $unexplained = undef;
        next;
    }
    push @errors, "not ok, and no YAML: $unexplained" if defined $unexplained;
    $unexplained = undef;
    push @errors, 'unknown: ' . $result->raw if $result->is_unknown;
    next unless $result->is_test;
    push @errors, 'twice: ' . $result->description if $seen{$result->description}++;
    $unexplained = $result->description if $result->raw =~ /^not ok/;
}
push @errors, "not ok, and no YAML: $unexplained" if defined $unexplained;
push @errors, $parser->parse_errors;
push @errors, 'no good plan' unless $parser->is_good_plan;
print "$file: $_\n" for @errors;
exit(@errors ? 1 : 0);

#!/usr/bin/perl
# Joins two TUN devices: every packet of one comes out of the other after a constant time, in order, none lost. So the TCP of the
# two sides is the kernel's own. Perl, because it is part of every Debian and can make the ioctl that opens such a device.
# Says at its end how late it was itself: on a busy machine that is part of every figure.
# Arguments: name of one device, name of the other, delay of one way in milliseconds.
use strict;
use warnings;
use Fcntl qw(O_RDWR O_NONBLOCK);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($near, $far, $delay_ms) = @ARGV;
my $delay = $delay_ms / 1000;

# linux/if_tun.h: TUNSETIFF, IFF_TUN, IFF_NO_PI
sub open_tun {
    my ($name) = @_;
    sysopen(my $tun, '/dev/net/tun', O_RDWR | O_NONBLOCK) or die "/dev/net/tun: $!\n";
    ioctl($tun, 0x400454ca, pack('Z16 S x22', $name, 0x0001 | 0x1000)) or die "$name: $!\n";
    return $tun;
}

# Before all others: a late bridge would be a longer way.
setpriority(0, 0, -20);

my ($packets, $late) = (0, 0);
my @tun = (open_tun($near), open_tun($far));
my @waiting = ([], []);
$| = 1;
print "ready\n";
# Whoever started it holds the other end: without it this must end too.
my $stdin = fileno(STDIN);

while (1) {
    my $now = clock_gettime(CLOCK_MONOTONIC);
    my $next;
    for my $way (0, 1) {
        my $queue = $waiting[$way];
        while (@$queue && $queue->[0][0] <= $now) {
            my $one = shift @$queue;
            syswrite($tun[1 - $way], $one->[1]);
            $packets++;
            $late += $now - $one->[0];
        }
        $next = $queue->[0][0] if @$queue && (!defined $next || $queue->[0][0] < $next);
    }
    my $ready = '';
    vec($ready, $_, 1) = 1 for $stdin, map { fileno($_) } @tun;
    my $left = defined $next ? $next - clock_gettime(CLOCK_MONOTONIC) : undef;
    $left = 0 if defined $left && $left < 0;
    select($ready, undef, undef, $left);
    last if vec($ready, $stdin, 1) && !sysread(STDIN, my $word, 1);
    for my $way (0, 1) {
        next unless vec($ready, fileno($tun[$way]), 1);
        my $due = clock_gettime(CLOCK_MONOTONIC) + $delay;
        for (1 .. 64) {
            last unless sysread($tun[$way], my $packet, 65536);
            push @{ $waiting[$way] }, [$due, $packet];
        }
    }
}

printf STDERR "  the way of %s ms: %d packets, %.2f ms late on average\n", $delay_ms, $packets, $packets ? $late / $packets * 1000 : 0;

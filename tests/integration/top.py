#!/usr/bin/env python3
"""uptakectl top as a person sees it: keys, sizes, suspended and continued, ended in every way, servers that go and come.

    top.py UPTAKECTL CONNECTION URL DAEMON_PID DIRECTORY     of a database with hostile.sql's teams beside others
"""
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from terminal import Terminal

uptakectl, connection, url, daemon, directory = sys.argv[1:]
WIDTH, HEIGHT = 100, 30
shell = Terminal(['bash', '--noediting', '--norc', '--noprofile', '-i'], WIDTH, HEIGHT,
                 dict(os.environ, TERM='xterm', PS1='prompt> ', LC_ALL='C.UTF-8', NO_COLOR='', HISTFILE=''))


def check(holds, what):
    if not holds:
        raise SystemExit(f'not so: {what}\n{shell.text()}')


def sql(statement):
    return subprocess.run(['psql', '-qtA', connection, '-c', statement], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def is_usual(terminal):
    return not terminal.modes and terminal.text().rstrip().endswith('prompt>')


def run(line):
    """A command of the shell to its end."""
    shell.clear()
    shell.send(line + '\n')
    shell.wait(line, is_usual)


def start():
    shell.clear()
    shell.send(f"{uptakectl} top --interval 0.2 --url {url} --postgresql '{connection}' 2> {directory}/top.err; "
               f"echo $? > {directory}/top.code\n")
    shell.wait('all teams', all_teams)


def all_teams(terminal):
    return terminal.modes == {'7', '25', '1049'} and foot().startswith('q quit') and len(names()) == team_count


def foot():
    return shell.lines()[-1]


def table():
    """Lines of teams: those between the heading and the foot."""
    lines = shell.lines()
    at = next((i for i, line in enumerate(lines) if line.startswith('team ')), len(lines))
    return [line for line in lines[at + 1:-1] if line]


def names():
    return [line.split()[0] for line in table()]


def latin():
    return [name for name in names() if name in by_health]


def is_as_before(how):
    run(f'stty -a > {directory}/stty.after')
    check(open(f'{directory}/stty.before').read() == open(f'{directory}/stty.after').read(), f'the terminal after {how}')


def ended_with(code):
    return int(open(f'{directory}/top.code').read()) == code


team_count = int(sql('SELECT count(*) FROM uptake.team_health'))
check(team_count > 6, 'more than six teams')
shell.wait('a shell', is_usual)
run(f'stty -a > {directory}/stty.before')

# ---- what is there
start()
shell.wait('daemons and rates', lambda t: 'daemons 1 of 1 ready, partitions 3, lag 0' in t.text() and 'events 0/s, rejects 0/s' in t.text())
by_health = sql("SELECT team FROM uptake.team_health WHERE team ~ '^[a-z0-9-]+$' ORDER BY round(health::numeric, 1), team COLLATE \"C\"").split()
shell.wait('the lowest health first', lambda t: latin() == by_health)
heading = next(line for line in shell.lines() if line.startswith('team '))
wide = next(line for line in table() if line.startswith('中文'))
check(heading.index('health') + len('health') == wide.index('中文团队') + 4 + len(wide[4:].split('  ')[0]) or
      wide[4:].lstrip()[0] in '-0123456789', 'a wide name keeps its place')
ends = {next(i for i in range(len(row)) if ''.join(row[i:]).startswith(('Level', 'Stalled', 'Growing', 'Emerging', 'Relapsing', 'No AI', 'Held')))
        for row in shell.cells[shell.lines().index(heading) + 1:-1] if ''.join(row).strip()}
check(len(ends) == 1, f'states begin in one column, not {ends}')
check('\ufffd[31mred\ufffd]0;title\ufffd' in shell.text(), 'a hostile name is shown as text')

# ---- keys
shell.send('>')
shell.wait('another order', lambda t: 'sort: state' in foot())
shell.send('<<')
shell.wait('sorted by name', lambda t: 'sort: team' in foot() and latin() == sorted(by_health))
plain = names()
shell.send('r')
shell.wait('the other way round', lambda t: 'reversed' in foot() and names()[::-1] == plain)
shell.send('r?')
shell.wait('help', 'Any key goes back.')
shell.send('x/STEADX\x7fY')
shell.wait('one team by the filter', lambda t: 'filter: STEADY_' in foot() and names() == [n for n in plain if n.startswith('steady')])
shell.send('\x1b')
shell.wait('the filter taken back', all_teams)
shell.send('/equipe\r')
shell.wait('no team', lambda t: 'filter:' not in foot() and not names() and 'shown 0 by the filter equipe' in t.text())
shell.send('/\x15中\r')
shell.wait('a wide filter', lambda t: names() == ['中文团队'])
shell.send('/\x15\r')
shell.wait('all again', all_teams)

# ---- sizes
shell.set_size(60, 11)
shell.wait('a small screen', lambda t: foot().startswith('1 to ') and f' of {team_count} ' in foot())
check(len(table()) < team_count, 'not all teams on a small screen')
first = names()[0]
shell.send('\x1b[6~')
shell.wait('the next screen', lambda t: not foot().startswith('1 to') and foot() and names() and names()[0] != first)
shell.send('\x1b[F')
shell.wait('the last team', lambda t: f' to {team_count} of {team_count} ' in foot() and names() and names()[-1] == plain[-1])
shell.send('\x1b[A\x1b[A\x1b[H')
shell.wait('the first team', lambda t: foot().startswith('1 to') and names() and names()[0] == first)
shell.set_size(WIDTH, HEIGHT)
shell.wait('the large screen', all_teams)

# ---- suspended and continued
shell.send('\x1a')
shell.wait('a shell while top is suspended', lambda t: is_usual(t) and 'Stopped' in t.text())
is_as_before('a suspension')
shell.send('fg\n')
shell.wait('top again', all_teams)

# ---- PostgreSQL goes and comes
database = sql('SELECT current_database()')
admin = connection.replace(f'dbname={database}', 'dbname=postgres')
subprocess.run(['psql', '-qtA', admin, '-c', f'ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false', '-c',
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND application_name = 'uptakectl top'"],
               check=True, stdout=subprocess.DEVNULL)
shell.wait('PostgreSQL is away', lambda t: '! PostgreSQL: the teams are ' in t.text() and ' (old)' in t.text() and len(names()) == team_count)
subprocess.run(['psql', '-qtA', admin, '-c', f'ALTER DATABASE {database} WITH ALLOW_CONNECTIONS true'], check=True)
shell.wait('PostgreSQL is back', lambda t: 'PostgreSQL' not in t.text() and '(old)' not in t.text())

# ---- a daemon that hangs, and goes on
os.kill(int(daemon), signal.SIGSTOP)
shell.wait('the daemon hangs', lambda t: f'! {url} does not answer; its figures are ' in t.text() and 'partitions 3' in t.text()
           and 'daemons 0 of 1 ready' in t.text() and ' (old)' in t.text())
os.kill(int(daemon), signal.SIGCONT)
shell.wait('the daemon answers', lambda t: 'does not answer' not in t.text() and '(old)' not in t.text())

# ---- every way out
for how, keys, number, code in (('q', 'q', None, 0), ('Ctrl-C', '\x03', None, 0), ('SIGTERM', None, signal.SIGTERM, 0),
                                ('SIGABRT', None, signal.SIGABRT, 134)):
    if how != 'q':
        start()
    if keys:
        shell.send(keys)
    else:
        own = subprocess.run(['pgrep', '-f', f'^{uptakectl} top .*--url {url}'], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
        check(len(own) == 1, 'one top')
        os.kill(int(own[0]), number)
    shell.wait(f'a shell after {how}', is_usual)
    is_as_before(how)
    check(how in ('q', 'Ctrl-C') or ended_with(code), f'exit code after {how}')
shell.end()
print('top: all as expected')

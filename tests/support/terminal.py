"""A terminal for tests: runs a program behind a pseudo-terminal and keeps the screen as a person would see it.

Only the control sequences that uptakectl may send are known; any other is an error, so that nothing of a name can
reach a terminal and act there.
"""
import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata

SEQUENCE = re.compile(r'\x1b\[(\??)([0-9;]*)([A-Za-z])')


def columns_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in 'WF' else 1


class Terminal:
    def __init__(self, argv, width, height, environment):
        self.width, self.height = width, height
        self.modes = set()
        self.rest, self.decoder = '', codecs.getincrementaldecoder('utf-8')()
        self.clear()
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.execvpe(argv[0], argv, environment)
        self.set_size(width, height)

    def set_size(self, width, height):
        self.width, self.height = width, height
        self.clear()
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack('HHHH', height, width, 0, 0))

    def clear(self):
        self.cells = [[' '] * self.width for _ in range(self.height)]
        self.row = self.column = 0

    def send(self, keys):
        os.write(self.descriptor, keys.encode())

    # ---- what comes -------------------------------------------------------------------------

    def put(self, character):
        columns = columns_of(character)
        if columns == 0:
            self.cells[self.row][max(self.column - 1, 0)] += character
            return
        if self.column + columns > self.width:
            if '7' in self.modes:
                raise SystemExit(f'line {self.row} runs over the end of the screen: {self.lines()[self.row]}')
            self.column = 0
            self.feed_line()
        self.cells[self.row][self.column] = character
        if columns == 2:
            self.cells[self.row][self.column + 1] = ''
        self.column += columns

    def feed_line(self):
        if self.row + 1 < self.height:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[' '] * self.width]

    def act(self, private, numbers, letter):
        if private and letter in 'hl' and numbers in ('25', '7', '1049'):
            # Cursor and line ends are usual when they are on, the other screen when it is not.
            if (letter == 'l') == (numbers != '1049'):
                self.modes.add(numbers)
            else:
                self.modes.discard(numbers)
            if numbers == '1049':
                self.clear()
        elif letter == 'H':
            row, column = (int(n) for n in numbers.split(';'))
            if not (1 <= row <= self.height and 1 <= column <= self.width):
                return  # drawn for the size before
            self.row, self.column = row - 1, column - 1
        elif letter == 'G':
            self.column = min(int(numbers), self.width) - 1
        elif letter == 'K' and numbers == '2':
            self.cells[self.row] = [' '] * self.width
        elif letter == 'J' and numbers == '2':
            self.cells = [[' '] * self.width for _ in range(self.height)]
        elif letter != 'm' or numbers not in ('0', '1', '2', '7', '1;31'):
            raise SystemExit(f'a sequence that nobody should send: {private}{numbers}{letter}')

    def take(self, text):
        text = self.rest + text
        at = 0
        while at < len(text):
            character = text[at]
            if character == '\x1b':
                found = SEQUENCE.match(text, at)
                if not found:
                    if len(text) - at < 12 and re.fullmatch(r'\x1b(\[\??[0-9;]*)?', text[at:]):
                        break
                    raise SystemExit(f'a sequence that nobody should send: {text[at:at + 20]!r}')
                self.act(*found.groups())
                at = found.end()
                continue
            if character == '\n':
                self.feed_line()
            elif character == '\r':
                self.column = 0
            elif unicodedata.category(character) in ('Cc', 'Cf'):
                raise SystemExit(f'a control character that nobody should send: {character!r}')
            else:
                self.put(character)
            at += 1
        self.rest = text[at:]

    def read(self, seconds):
        if not select.select([self.descriptor], [], [], seconds)[0]:
            return
        try:
            self.take(self.decoder.decode(os.read(self.descriptor, 65536)))
        except OSError:
            pass  # the program has ended

    # ---- what is seen -----------------------------------------------------------------------

    def lines(self):
        return [''.join(row).rstrip() for row in self.cells]

    def text(self):
        return '\n'.join(self.lines())

    def wait(self, what, holds, seconds=60):
        """Until holds(terminal) is true, or a text is on the screen; fails when it never is."""
        check = holds if callable(holds) else lambda terminal: holds in terminal.text()
        deadline = time.monotonic() + seconds
        while not check(self):
            if time.monotonic() > deadline:
                raise SystemExit(f'not in time: {what}\n{self.text()}')
            self.read(0.1)

    def end(self):
        try:
            os.kill(self.process, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.process, 0)

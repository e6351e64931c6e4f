/* What uptaked's exit code says to the service manager, to scripts and to people. */
#pragma once

/* Documented in --help and in the unit files; never renumbered. Where a restart alone cannot help,
 * the unit has the code in RestartPreventExitStatus. */
enum exit_code {
    EXIT_CODE_OK = 0,            /* ended as asked, or the check found nothing */
    EXIT_CODE_FAULT = 1,         /* something else went wrong; the log says what */
    EXIT_CODE_USAGE = 2,         /* the command line is wrong */
    EXIT_CODE_CONFIGURATION = 3, /* the configuration, or a file that it names, is wrong */
    EXIT_CODE_UNREACHABLE = 4,   /* no Kafka broker or no PostgreSQL server answers */
    EXIT_CODE_REFUSED = 5,       /* a server refuses our password, certificate or permission */
    EXIT_CODE_TOPICS = 6,        /* a topic is missing, their partition counts differ, or the
                                    dead-letter topic is an input */
    EXIT_CODE_SCHEMA = 7,        /* the schema is newer than this program, or not there */
    EXIT_CODE_STATE = 8,         /* the stored state is of another key, partition count or topic */
    EXIT_CODE_RETENTION = 9,     /* Kafka has removed messages that were not read yet */
};

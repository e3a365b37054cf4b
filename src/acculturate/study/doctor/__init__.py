"""The doctor: what this machine has and lacks, a model tried out, the line that serves it."""

from acculturate.study.doctor.examination import Finding, examine

__all__ = ["Finding", "examine"]

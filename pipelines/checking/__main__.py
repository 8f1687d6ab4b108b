"""``python -m pipelines.checking``: write the pages about the checks anew."""

from pipelines.checking.document import write

if __name__ == "__main__":
    write()

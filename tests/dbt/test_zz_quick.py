from pipelines.building import build_marts, BuildError
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dbt.raw_rows import insert_every_feed
def test_q(warehouse):
    with connect(warehouse, Role.OWNER) as owner:
        insert_every_feed(owner, (11,12))
    try:
        build_marts(warehouse)
    except BuildError as e:
        print(e); print(open(warehouse.root/"dbt"/"failures.log").read()[:6000])
        print(open(warehouse.root/'logs'/'x').read() if False else '')
        import glob
        for f in glob.glob(str(warehouse.root)+'/**/*build*', recursive=True): print(f)
        for f in glob.glob(str(warehouse.root)+'/logs/**', recursive=True): print(f)
        raise

import time
import pytest
from selenium.webdriver.common.by import By
from pipelines.access.people import Person, create_person
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from tests.dashboards.conftest import PASSWORD
from tests.demonstration.chromium import DESKTOP, PHONE, chromium, enter, go_to, press, see, serving, settle
pytestmark = pytest.mark.browser
SQL = """
create table marts.fct_labelled_facts (patient_key bigint, kind_code text, fact_key text, sensitivity integer);
grant select on marts.fct_labelled_facts to ehr_owner;
insert into marts.fct_labelled_facts values (3,'prescriptions','x',1),(3,'encounters','y',1),(3,'encounters','z',1);
insert into access.restriction (patient_key, label_code, set_by, reason) values (1, 'patient_wish', 'x', 'x');
"""
def type_into(b, label, text):
    from selenium.webdriver.common.keys import Keys
    box = b.find_element(By.CSS_SELECTOR, f"input[aria-label='{label}'], textarea[aria-label='{label}']")
    box.click(); box.send_keys(text)
def test_shots(hospital, tmp_path):
    with connect(hospital, Role.OWNER) as o:
        o.execute(SQL)
        create_person(o, Person("support","Support","support"), PASSWORD)
    with serving(hospital) as address:
        for name, size in ():
            (tmp_path/name).mkdir()
            with chromium(size, tmp_path/name) as b:
                enter(b, address, "support") if False else None
                b.get(address); see(b, "Demonstration"); press(b, "Support" if name else "x")
                see(b, "Explain")
                type_into(b, "User id of the colleague", "doctor")
                type_into(b, "Record number of the patient, or key", "000451-7")
                press(b, "Explain"); see(b, "What decided"); time.sleep(1)
                b.save_screenshot(f"/tmp/shot_support_{name}.png")
                b.execute_script("document.querySelector('[data-testid=stMain]').scrollTo(0,9999)"); time.sleep(.5)
                b.save_screenshot(f"/tmp/shot_support2_{name}.png")
        (tmp_path/"d").mkdir()
        with chromium(DESKTOP, tmp_path/"d") as b:
            enter(b, address, "doctor")
            b.find_element(By.XPATH, "//a[normalize-space(.)='Patients']").click(); see(b, "Find a patient")
            from selenium.webdriver.common.keys import Keys
            type_into(b, "Find a patient", "meier"+Keys.ENTER); see(b, "Meier-Lang"); press(b, "Meier-Lang, Chloé"); see(b, "Not shown here"); time.sleep(1)
            b.save_screenshot("/tmp/shot_hidden.png")
            b.find_element(By.XPATH, "//a[normalize-space(.)='Patients']").click(); see(b, "Find a patient"); time.sleep(1)
            box=b.find_element(By.CSS_SELECTOR, "input[aria-label='Find a patient']"); box.click(); box.send_keys(Keys.CONTROL+"a"); box.send_keys("000451-7"+Keys.ENTER)
            see(b, "restricted to the treating team"); b.find_element(By.XPATH, "//*[contains(text(),'Open it in need')]").click(); time.sleep(1)
            b.save_screenshot("/tmp/shot_form.png")
            b.find_element(By.CSS_SELECTOR, "input[aria-label*='Why do you need']").send_keys("Emer"+Keys.ENTER)
            type_into(b, "In your words", "brought in unconscious"); type_into(b, "Your password again", PASSWORD)
            press(b, "Break the glass"); see(b, "You have broken the glass"); see(b, "Meyer"); time.sleep(1)
            b.save_screenshot("/tmp/shot_banner.png")

"""An authority of a test's own, and the certificates that it signs."""
import subprocess

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def openssl(house, *words):
    subprocess.run(["openssl", *words], cwd=house.folder, check=True, capture_output=True)


def found_authority(house):
    """ca.pem with its key."""
    openssl(house, "req", "-x509", *KEY, "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem")


def certify(house, name, subject):
    """A certificate NAME.pem with its key, signed by the authority."""
    openssl(house, "req", *KEY, "-subj", f"/CN={subject}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(house, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", f"{name}.pem")

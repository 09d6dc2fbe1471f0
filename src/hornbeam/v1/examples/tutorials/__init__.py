"""The tutorials whose helper modules programs import."""
